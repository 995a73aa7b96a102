import { join } from 'node:path'
import { expect } from 'chai'
import { type Api, jsonAnswer, startApi } from '../support/api-server.js'
import { type Finished, runBin, withFolder, writeJson } from '../support/bins.js'
import { expectGood, linesOf } from '../support/conformance/program.js'

const token = 'open-sesame'
const values = ['sentinel-text', 'sentinel-key', '918273645', '2031-07-09', 'sentinel-query', token]
const records = (from: number) =>
  [from, from + 1].map((id) => {
    const inner = '"tags":["sentinel-text"],"user":{"sentinel":"sentinel-key"}'
    return `{"id":${id},"name":"sentinel-text","amount":918273645.10,"at":"2031-07-09T00:00:00Z",${inner}}`
  })

describe('what tap-rest says of its guesses', () => {
  let api: Api
  before(async () => {
    const orders = ['first', 'second'].map(
      (_, i) => `{"items":[${records(1 + 2 * i)}],"next_cursor":${i ? null : '"c2"'}}`,
    )
    api = await startApi({
      endpoints: {
        '/orders': ({ query }) => jsonAnswer(orders[query.has('cursor') ? 1 : 0] ?? ''),
        '/notes': () => jsonAnswer(`{"notes":[${records(7)}]}`),
        '/csv': () => ({ headers: { 'content-type': 'text/csv' }, body: 'id,name\n1,sentinel-text\n' }),
      },
    })
  })
  after(() => api.close())

  const rows: [title: string, args: readonly string[]][] = [
    ['--discover', ['--discover']],
    ['--test', ['--test']],
    ['a run', []],
  ]
  for (const [title, args] of rows) {
    it(`names what was asked, found and would be frozen, and no value, with ${title}`, async () => {
      const { stderr } = await run(api, args)
      const found = linesOf(stderr).filter((line) => line.startsWith('INFO found '))
      const fields = 'id integer, name string, amount number, at date-time, tags array, user object'
      const cursor = '{"kind":"cursor","from":"$.next_cursor","param":"cursor"}'
      expect(found).to.deep.equal([
        `INFO found stream=orders request="GET ${api.url}/orders?q" status=200 records=$.items format=json paginate=${cursor} looked_at="4 records on 2 pages" fields="${fields}"`,
        `INFO found stream=notes request="GET ${api.url}/notes" status=200 records=$.notes format=json paginate=none looked_at="2 records on 1 page" fields="order integer, ${fields}"`,
        `INFO found stream=lines request="GET ${api.url}/csv" status=200 records=$ format=csv paginate=none looked_at="1 record on 1 page" fields="id string, name string"`,
      ])
      for (const value of values) expect(stderr).to.not.include(value)
    })
  }
})

function run(api: Api, args: readonly string[]): Promise<Finished> {
  return withFolder(async (folder) => {
    const config = await writeJson(join(folder, 'settings.json'), {
      base_url: api.url,
      auth: { bearer: token },
      streams: {
        orders: { path: '/orders', params: { q: 'sentinel-query' }, primary_key: 'id' },
        notes: {
          path: '/notes',
          parent: 'orders',
          include: { order: 'id' },
          paginate: 'none',
          schema: { infer: { parents: 1 } },
        },
        lines: { path: '/csv', paginate: 'none' },
      },
    })
    const finished = await runBin('tap-rest', ['--config', config, ...args])
    expectGood(finished)
    return finished
  })
}
