import { expect } from 'chai'
import { type Api, type ApiOptions, apiRecords, startApi } from '../support/api-server.js'
import { allIds, bodies, readSequence } from './paging.js'
import { cursor, ways } from './ways.js'

describe('tap-rest paginate', () => {
  let api: Api
  const started = async (options?: ApiOptions) => {
    api = await startApi(options)
    return api
  }
  afterEach(() => api.close())

  for (const [title, path, paginate, requests, asking] of ways) {
    it(`reads every record once and in order: ${title}`, async () => {
      await started()
      const pages = await readSequence(api, path, { paginate, ...asking })
      expect(pages.failure).to.equal(undefined)
      expect(pages.ids).to.deep.equal(allIds(api))
      expect(api.calls).to.have.length(requests)
      expect(pages.lines.filter(({ level }) => level === 'warning')).to.deep.equal([])
    })

    it(`ends after a source without records: ${title}`, async () => {
      await started({ records: 0 })
      const pages = await readSequence(api, path, { paginate, ...asking })
      expect(pages.failure).to.equal(undefined)
      expect(pages.ids).to.deep.equal([])
      expect(api.calls).to.have.length(1)
    })
  }

  it('keeps headers and takes parameters from the next URL alone', async () => {
    await started()
    await readSequence(api, '/next-query?since=2024&x=a%20b', { paginate: { kind: 'next' }, headers: { 'x-a': '1' } })
    expect(api.calls.map(({ headers }) => headers['x-a'])).to.deep.equal(['1', '1', '1', '1'])
    expect(api.calls[1]?.url.search).to.equal('?since=2024&x=a+b&page=2')
  })

  it('keeps the body of a POST while it follows links', async () => {
    await started()
    const { ids } = await readSequence(api, '/link', { paginate: { kind: 'link', rel: 'next' }, body: { a: 1 } })
    expect(ids).to.have.length(10)
    expect(bodies(api)).to.deep.equal([{ a: 1 }, { a: 1 }, { a: 1 }, { a: 1 }])
  })

  it('sets a cursor in the query without spelling the rest anew', async () => {
    await started()
    const { asked } = await readSequence(api, "/cursor?$filter=a%20eq%20'b'&cursor=c0", {
      paginate: cursor({ body: ['next_cursor'] }),
    })
    expect(asked[1]).to.equal('/cursor?$filter=a%20eq%20%27b%27&cursor=c1')
  })

  it('sends every digit of a last id that no double holds', async () => {
    await started({ records: apiRecords(4, { firstId: 9007199254740993n }), pageSize: 2 })
    const { asked, ids } = await readSequence(api, '/last-id', {
      paginate: { kind: 'cursor', from: { last: ['id'] }, to: { param: 'starting_after' } },
    })
    expect(ids).to.deep.equal(allIds(api))
    expect(asked[1]).to.equal('/last-id?starting_after=9007199254740994')
  })

  it('keeps the type of a cursor in a body', async () => {
    await started()
    await readSequence(api, '/page', {
      paginate: { kind: 'cursor', from: { body: ['total_pages'] }, to: { body: ['x', 'y'] }, maxPages: 2 },
      body: { x: { z: 1 } },
    })
    expect(bodies(api)[1]).to.deep.equal({ x: { z: 1, y: 4 } })
  })

  const tokens: readonly [title: string, token: string, goesOn: boolean][] = [
    ['null', 'null', false],
    ['an empty text', '""', false],
    ['false', 'false', false],
    ['0', '0', true],
    ['the text "0"', '"0"', true],
    ['the text "null"', '"null"', true],
  ]
  for (const [title, token, goesOn] of tokens) {
    it(`${goesOn ? 'goes on with' : 'ends at'} a cursor that is ${title}`, async () => {
      const body = `{"data":[{"id":1}],"next_cursor":${token}}`
      await started({ endpoints: { '/x': ({ number }) => ({ body: number === 1 ? body : '{"data":[]}' }) } })
      await readSequence(api, '/x', { paginate: cursor({ body: ['next_cursor'] }) })
      expect(api.calls).to.have.length(goesOn ? 2 : 1)
    })
  }

  it('fails when the last record lacks the field to go on from', async () => {
    await started()
    const { failure } = await readSequence(api, '/last-id', {
      paginate: { kind: 'cursor', from: { last: ['ident'] }, to: { param: 'starting_after' } },
    })
    expect(failure?.message).to.equal('issues: the last record of page 1 has no $.ident to go on from')
  })

  it('fails when the next URL is a number', async () => {
    await started()
    const { failure } = await readSequence(api, '/page', { paginate: { kind: 'next', path: ['total_pages'] } })
    expect(failure?.message).to.contain('issues: page 1 has a number at $.total_pages, not the URL of the next page')
  })

  for (const gap of [', <{next}>; rel="next"', '</x>; rel=prev, , <{next}>; rel="next"', '<{next}>; rel="next" , ,']) {
    it(`takes ${gap} for a Link header: lists may have empty elements`, async () => {
      const link = gap.replace('{next}', '/x?page=2')
      const page = (text: string, headers = {}) => ({ headers, body: text })
      await started({
        endpoints: { '/x': ({ query }) => (query.has('page') ? page('[{"id":2}]') : page('[{"id":1}]', { link })) },
      })
      const { ids, failure } = await readSequence(api, '/x', { paginate: { kind: 'link', rel: 'next' } })
      expect(failure).to.equal(undefined)
      expect(ids).to.have.length(2)
    })
  }

  it('fails at a malformed Link header', async () => {
    await started({ endpoints: { '/x': () => ({ headers: { link: 'next=/x?page=2' }, body: '[{"id":1}]' }) } })
    const { failure } = await readSequence(api, '/x', { paginate: { kind: 'link', rel: 'next' } })
    expect(failure?.message).to.equal('issues: the Link header of page 1 is malformed')
  })

  it('sends nothing to another origin that a next URL names', async () => {
    const other = await startApi()
    try {
      await started()
      const { failure, ids } = await readSequence(api, `/next-elsewhere?elsewhere=${other.url}`, {
        paginate: { kind: 'next' },
      })
      expect(failure?.message).to.match(/^issues: the next link of page 1: http:\/\/127\.0\.0\.1:\d+ is not followed/)
      expect(ids).to.deep.equal([])
      expect(other.calls).to.have.length(0)
    } finally {
      await other.close()
    }
  })
})
