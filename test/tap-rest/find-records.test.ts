import { expect } from 'chai'
import { pageOf, reader, records, response } from './reading-pages.js'

/** A body, the path that is found, and how many records are there. */
const guessed: readonly [string, string, string, number][] = [
  ['a top-level array', '[{},{}]', '$', 2],
  ['data', '{"meta":{"x":1},"data":[{}]}', '$.data', 1],
  ['the first of the usual names', '{"values":[{}],"results":[{},{}],"records":[{}]}', '$.results', 2],
  ['the usual names in capitals', '{"Other":[{}],"Items":[{},{}]}', '$.Items', 2],
  ['a usual name before an unusual one', '{"colors":[{}],"entries":[{},{}]}', '$.entries', 2],
  ['what is named as the stream before all', '{"data":[{}],"pets":[{},{}]}', '$.pets', 2],
  ['an unusual name', '{"count":1,"widgets":[{}]}', '$.widgets', 1],
  ['the first of unusual names', '{"b":[{}],"a":[{},{}]}', '$.b', 1],
  ['the least nested', '{"x":{"data":[{}]},"y":[{},{}]}', '$.y', 2],
  ['data within data', '{"data":{"total":1,"items":[{}]}}', '$.data.items', 1],
  ['what is embedded', '{"_links":{"self":[{}]},"_embedded":{"orders":[{}]}}', '$._embedded.orders', 1],
  ['the nodes of GraphQL', '{"data":{"repo":{"issues":{"nodes":[{}],"pageInfo":{}}}}}', '$.data.repo.issues.nodes', 1],
  ['a name that needs quotes', '{"@odata.context":"x","a.b":[{}]}', '$["a.b"]', 1],
  ['no links, errors or metadata', '{"links":[{}],"errors":[{}],"meta":{"data":[{}]},"x":{"y":[{}]}}', '$.x.y', 1],
  ['errors, when the stream is named so', '{"errors":[{},{}]}', '$.errors', 2],
  ['no array of texts', '{"data":["a"],"x":[{}]}', '$.x', 1],
  ['no array in which not all are objects', '{"data":[{},null],"x":[{}]}', '$.x', 1],
  ['the body, when there is no array of objects', '{"id":1,"tags":["a"],"links":[{}],"parts":[]}', '$', 1],
]

const streamOf = (title: string) => (title.startsWith('errors') ? 'errors' : 'Pets')

const unsure: readonly [string, string, number][] = [
  ['data', '{"data":[],"next":null}', 0],
  ['data within data', '{"data":{"items":[],"total":0}}', 0],
  ['an array named as the stream', '{"pets":[],"count":0}', 0],
  ['the only array of the body', '{"widgets":[]}', 0],
  ['the body', '[]', 0],
  ['the body, an object', '{}', 0],
]

describe('tap-rest: records: auto finds', () => {
  for (const [title, body, path, count] of guessed) {
    it(title, async () => {
      const open = await reader({ records: 'auto', stream: streamOf(title) })
      expect(open.read(response(body)).count).to.equal(count)
      expect(open.found()).to.deep.equal({ records: path, format: 'json' })
      expect((await pageOf(body, { records: path })).count).to.equal(count)
    })
  }

  for (const [title, body, count] of unsure) {
    it(`${title}, empty, and looks again in the next answer`, async () => {
      const open = await reader({ records: 'auto', stream: 'pets' })
      expect(open.read(response(body)).count).to.equal(count)
      expect(open.found()).to.equal(undefined)
      expect(records(open.read(response('{"x":[{"a":1}]}')))).to.deep.equal(['{"a":1}'])
      expect(open.found()).to.deep.equal({ records: '$.x', format: 'json' })
    })
  }

  it('what it has found before', async () => {
    const open = await reader({ records: 'auto' })
    open.read(response('{"x":[{"a":1}]}'))
    expect(open.read(response('{"data":[{"a":1},{}],"x":[]}')).count).to.equal(0)
    expect(() => open.read(response('{"data":[{"a":1}]}'))).to.throw('has no records at `$.x`')
  })
})
