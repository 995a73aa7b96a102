import { expect } from 'chai'
import { type Api, jsonAnswer, startApi } from '../support/api-server.js'
import { run } from './running.js'

describe('a run of tap-rest says once', () => {
  let api: Api
  before(async () => {
    api = await startApi({ endpoints: { '/some': () => jsonAnswer('{"total":9,"data":[{"id":1},{"id":2}]}') } })
  })
  after(() => api.close())

  const rows: [what: string, stream: object, more: object, line: RegExp][] = [
    ['that one page only is read', {}, {}, /WARNING one page only is read/g],
    ['that a setting has no effect', {}, { pagination: 'page' }, /WARNING a setting is not known/g],
    ['of many sequences that a limit ends them', { list: [1, 2, 3], max_records: 1 }, {}, /INFO reading ends at/g],
  ]
  for (const [what, stream, more, line] of rows) {
    it(what, async () => {
      const streams = { some: { path: '/some', ...stream } }
      const { code, stderr } = await run({ base_url: api.url, streams, ...more })
      expect(code, stderr).to.equal(0)
      // A limit belongs to the look as well as to the reading.
      expect(stderr.match(line)).to.have.length(what.startsWith('of many') ? 2 : 1)
    })
  }
})
