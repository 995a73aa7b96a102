import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { type ApiOptions, jsonAnswer } from '../support/api-server.js'
import { bin, startPipe, withFolder, writeJson } from '../support/bins.js'
import { withApi } from './kinds.js'
import { argumentsIn, run } from './running.js'

const numbers = ['12345678901234567890', '1.10', '1e400', '-0.0', '18446744073709551615', '0.1000', '1E-7']
const incremental = { key: 'seq', param: 'after', order: 'asc', start: '1' }

const endpoints: ApiOptions['endpoints'] & object = {
  '/rows': () => jsonAnswer(`[${numbers.map((number) => `{"id":${number},"n":${number}}`).join()}]`),
  '/changes': ({ query }) => jsonAnswer(query.get('after') ? `[{"id":1,"seq":12345678901234567890}]` : '[]'),
  '/parents': () => jsonAnswer('[{"id":12345678901234567890,"price":1.10},{"id":12345678901234567891,"price":-0.0}]'),
  '/parents/12345678901234567890': () => jsonAnswer('[{"id":"a"}]'),
  '/parents/12345678901234567891': () => jsonAnswer('[{"id":"b"}]'),
}
const streams = {
  rows: { path: '/rows', primary_key: 'id' },
  changes: { path: '/changes', primary_key: 'id', incremental },
  parents: { path: '/parents', primary_key: 'id' },
  children: {
    path: '/parents/{parent.id}',
    parent: 'parents',
    params: { price: '{parent.price}' },
    include: { parent_id: 'id', price: '{parent.price}', sent: '{params.price}' },
    primary_key: ['parent_id', 'id'],
  },
}
const settings = (url: string) => ({ base_url: url, defaults: { records: '$', paginate: 'none' }, streams })

describe('tap-rest, digits from the API to the CSV', function () {
  this.timeout(30_000)

  it('arrive as they are: as values and keys, in bookmarks, URLs of children and columns from parents', () =>
    withApi({ endpoints }, async (api) => {
      const { csv, states } = await piped(settings(api.url))
      expect(csv.rows).to.equal(`id,n\n${numbers.map((number) => `${number},${number}\n`).join('')}`)
      expect(csv.changes).to.equal('id,seq\n1,12345678901234567890\n')
      expect(csv.parents).to.equal('id,price\n12345678901234567890,1.10\n12345678901234567891,-0.0\n')
      expect(csv.children).to.equal(
        'parent_id,price,sent,id\n12345678901234567890,1.10,1.10,a\n12345678901234567891,-0.0,-0.0,b\n',
      )
      expect(api.calls.map(({ url }) => `${url.pathname}${url.search}`)).to.include.members([
        '/parents/12345678901234567890?price=1.10',
        '/parents/12345678901234567891?price=-0.0',
      ])
      expect(states).to.match(/"replication_key_value":"?12345678901234567890"?[,}]/)
    }))

  it('a bookmark goes round with its digits: the next run asks from it and sends nothing twice', () =>
    withApi({ endpoints }, async (api) => {
      const only = { ...settings(api.url), streams: { changes: streams.changes } }
      const first = await run(only)
      const second = await run(only, { state: first.states.at(-1) })
      expect([first.code, second.code], first.stderr + second.stderr).to.deep.equal([0, 0])
      expect([first.ids.get('changes'), second.ids.get('changes')]).to.deep.equal([['1'], undefined])
      expect(api.calls.at(-1)?.query.get('after')).to.equal('12345678901234567890')
      expect(second.states.at(-1)).to.deep.equal(first.states.at(-1))
    }))
})

/** Each stream's CSV, and the states that target-s3-csv printed. */
async function piped(tapSettings: object) {
  return withFolder(async (folder) => {
    const csvFolder = join(folder, 'csv')
    const target = ['--config', await writeJson(join(folder, 'target.json'), { output_path: csvFolder })]
    const pipe = await startPipe(
      [...bin('tap-rest'), ...(await argumentsIn(folder, tapSettings, {}))],
      [...bin('target-s3-csv'), ...target],
    )
    const [tap, loaded] = await Promise.all([pipe.tap.finished, pipe.target.finished])
    expect([tap.code, loaded.code], tap.stderr + loaded.stderr).to.deep.equal([0, 0])
    const names = await readdir(csvFolder)
    const texts = names.map(async (name) => [
      name.replace(/-.*|\.csv/g, ''),
      await readFile(join(csvFolder, name), 'utf8'),
    ])
    const csv: Record<string, string> = Object.fromEntries(await Promise.all(texts))
    return { csv, states: loaded.stdout.toString() }
  })
}
