import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { onlyFile } from '../../e2e/extract.js'
import type { Endpoint } from '../../support/api-call.js'
import { type Api, jsonAnswer, startApi } from '../../support/api-server.js'
import { bin, startPipe, withFolder, writeJson } from '../../support/bins.js'
import { projectFolder } from '../../support/cache.js'
import { expectGood } from '../../support/conformance/program.js'
import { discover, sync } from '../documented.js'
import { example } from './example.js'

const golden = join(projectFolder, 'test/golden/open-notify')
const folderOf = join(example('open-notify'), '..')

describe('the example open-notify', () => {
  let api: Api
  before(async () => {
    const passes = await readFile(join(golden, 'iss_pass.json'), 'utf8')
    const answer: Endpoint = ({ query }) =>
      query.get('lat') === '42.36' && query.get('lon') === '71.05' ? jsonAnswer(passes) : { status: 400 }
    api = await startApi({ endpoints: { '/iss-pass.json': answer } })
  })
  after(() => api.close())

  it('is, through target-s3-csv, byte for byte what Python writes', async () => {
    await withFolder(async (folder) => {
      const csv = join(folder, 'csv')
      const source = await writeJson(join(folder, 'api.json'), { base_url: api.url })
      const place = await writeJson(join(folder, 'place.json'), { output_path: csv })
      const pipe = await startPipe(
        [...bin('tap-rest'), '--config', example('open-notify'), '--config', source],
        [...bin('target-s3-csv'), '--config', join(folderOf, 'target.json'), '--config', place],
      )
      const finished = await Promise.all([pipe.tap.finished, pipe.target.finished])
      finished.forEach(expectGood)
      expect(await onlyFile(csv)).to.equal(await readFile(join(golden, 'iss_pass.csv'), 'utf8'))
    })
  })

  it('has the parameters of the request as columns, before those of the answer', async () => {
    const documented = { settings: example('open-notify'), api, override: { base_url: api.url } }
    const { records, columns, requests } = await sync(documented, { catalog: await discover(documented) })
    expect(columns).to.deep.equal({ iss_pass: ['lat', 'lon', 'duration', 'risetime'] })
    expect(records.iss_pass?.[0]).to.deep.equal({ lat: 42.36, lon: 71.05, duration: 653, risetime: 1596384217 })
    expect(requests).to.deep.equal(['GET /iss-pass.json?lat=42.36&lon=71.05'])
  })
})
