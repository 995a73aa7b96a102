import { expect } from 'chai'
import { type Api, type ApiCall, type ApiOptions, jsonAnswer, startApi } from '../support/api-server.js'
import { eager } from './kinds.js'
import { type Ran, run } from './running.js'

interface Loop {
  readonly settings: { readonly path: string } & Readonly<Record<string, unknown>>
  /** How many, whatever the source promises. */
  readonly requests: number
  readonly records: number
  /** Where sources give records twice. */
  readonly distinct?: number
  /** What the failure says; without it the stream ends well. */
  readonly fails?: RegExp
}

const next = { records: 'results', paginate: { kind: 'next', path: 'next' } }
const cursor = { records: 'data', paginate: { kind: 'cursor', from: 'next_cursor', param: 'cursor' } }
const withoutKey = { primary_key: [] }
const rows = (...ids: readonly number[]) => JSON.stringify(ids.map((id) => ({ id })))

/** Sources that look at nothing, or begin again behind their end. */
const endpoints: ApiOptions['endpoints'] & object = {
  '/deaf': () => jsonAnswer(rows(1, 2, 3)),
  '/round': ({ query }) => jsonAnswer(Number(query.get('page')) % 2 === 1 ? rows(1, 2) : rows(3, 4)),
  '/link-aba': ({ query, url }) => {
    const page = query.get('page') === '2' ? 1 : 2
    return jsonAnswer(page === 2 ? rows(1, 2) : rows(3, 4), {
      link: `<${url.origin}/link-aba?page=${page}>; rel="next"`,
    })
  },
  '/stuck-fresh': ({ number }) => jsonAnswer(`{"data":${rows(number)},"next_cursor":"stuck"}`),
}

describe('tap-rest, sources that go round', function () {
  this.timeout(60_000)

  const loops: Readonly<Record<string, Loop>> = {
    'the same page for ever, under its own URL': { settings: { path: '/self', ...next }, requests: 2, records: 3 },
    'the same page for ever, under new URLs': { settings: { path: '/same', ...next }, requests: 2, records: 3 },
    'the same page for ever, without a key': {
      settings: { path: '/same', ...next, ...withoutKey },
      requests: 2,
      records: 3,
    },
    'A, B, A by next': { settings: { path: '/aba', ...next }, requests: 3, records: 6, fails: /goes round: page 3 / },
    'A, B, A by next, without a key': {
      settings: { path: '/aba', ...next, ...withoutKey },
      requests: 3,
      records: 6,
      fails: /goes round: page 3 /,
    },
    'A, B, A by Link headers': {
      settings: { path: '/link-aba', records: '$', paginate: 'link' },
      requests: 3,
      records: 4,
      fails: /goes round: page 3 /,
    },
    'a cursor that is stuck while records are new': {
      settings: { path: '/stuck-cursor', ...cursor },
      requests: 3,
      records: 6,
      fails: /goes round: page 3 was asked for with a token that had been used before/,
    },
    'no records and a new cursor for ever': {
      settings: { path: '/empty-for-ever', ...cursor },
      requests: 1,
      records: 0,
    },
    'no records and a new cursor for ever, with empty_page: continue': {
      settings: { path: '/empty-for-ever', ...cursor, paginate: { ...cursor.paginate, empty_page: 'continue' } },
      requests: 1001,
      records: 0,
      fails: /1000 pages in a row were empty/,
    },
    'new records for ever, with max_pages': {
      settings: { path: '/endless', ...cursor, max_pages: 5 },
      requests: 5,
      records: 15,
    },
    'new records for ever, with max_records': {
      settings: { path: '/endless', ...cursor, max_records: 7 },
      requests: 3,
      records: 7,
    },
    'numbers of pages that nobody looks at': {
      settings: { path: '/deaf', records: '$', paginate: 'page' },
      requests: 2,
      records: 3,
    },
    'offsets that nobody looks at, without a key': {
      settings: { path: '/deaf', records: '$', paginate: { kind: 'offset', limit: 3 }, ...withoutKey },
      requests: 2,
      records: 3,
    },
    'a source that begins again behind its end': {
      settings: { path: '/round', records: '$', paginate: 'page' },
      requests: 3,
      records: 4,
    },
    'the last page again and again': {
      settings: { path: '/page-repeats', records: '$', paginate: 'page' },
      requests: 5,
      records: 10,
    },
    'a next page that is never null': {
      settings: { path: '/zendesk', records: 'tickets', paginate: { kind: 'next', path: 'next_page' } },
      requests: 6,
      // Each page begins with the last second of the page before.
      records: 14,
      distinct: 10,
    },
    'a page that redirects to itself': {
      settings: { path: '/itself', records: '$', paginate: 'none' },
      requests: 1,
      records: 0,
      fails: /redirects in a circle/,
    },
  }

  let api: Api
  before(async () => {
    const itself = { '/itself': ({ url }: ApiCall) => ({ status: 302, headers: { location: url.href } }) }
    api = await startApi({ endpoints: { ...endpoints, ...itself } })
  })
  after(() => api.close())

  async function runCounted(settings: object, defaults: object): Promise<Ran & { readonly requests: number }> {
    const before = api.calls.length
    const ran = await run({ base_url: api.url, defaults, streams: { s: settings } })
    return { ...ran, requests: api.calls.length - before }
  }

  for (const [title, { settings, requests, records, distinct = records, fails }] of Object.entries(loops)) {
    it(`${title}: ${fails ? 'a failure that says so' : 'the end'} after request ${requests}`, async () => {
      const ran = await runCounted(settings, eager)
      expect(ran.code, ran.stderr).to.equal(fails ? 1 : 0)
      if (fails) expect(ran.criticals.join('\n')).to.match(fails)
      const found = ran.ids.get('s') ?? []
      expect([ran.requests, found.length, new Set(found).size]).to.deep.equal([requests, records, distinct])
    })

    it(`${title}: as many at most again, where the schema is looked for first`, async () => {
      const { schema: _, ...lazy } = eager
      const ran = await runCounted(settings, lazy)
      expect(ran.code, ran.stderr).to.equal(fails ? 1 : 0)
      expect(ran.requests).to.be.within(requests, 2 * requests)
    })
  }
})
