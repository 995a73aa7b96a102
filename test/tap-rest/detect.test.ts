import { expect } from 'chai'
import type { Json, JsonObject } from '../../singer/index.js'
import { announcing } from '../../tap-rest/paging/detect.js'
import { thawedPaginate } from '../../tap-rest/paging/detected-settings.js'
import type { PaginateKind } from '../../tap-rest/settings/plan.js'
import { recordedLog } from '../singer/recorded-log.js'
import { type Api, type ApiOptions, startApi } from '../support/api-server.js'
import { allIds, readSequence, rules } from './paging.js'

const auto = { kind: 'auto' } as const
const cursorFrom = (name: string) => ({ kind: 'cursor', from: { body: [name] }, to: { param: 'cursor' } }) as const

type Sign = readonly [
  title: string,
  path: string,
  frozen: JsonObject | undefined,
  more?: { body?: Json; records?: string },
]

/** 10 records in pages of 3. */
const signs: readonly Sign[] = [
  ['Link header', '/link', { kind: 'link', rel: 'next' }],
  ['next URL in the body', '/next', { kind: 'next', path: '$.next' }],
  ['relative next URL', '/next-relative', { kind: 'next', path: '$.next' }],
  ['query as next URL', '/next-query', { kind: 'next', path: '$.next' }],
  ['HAL', '/hal', { kind: 'next', path: '$._links.next.href' }, { records: '_embedded.items' }],
  ['OData', '/odata', { kind: 'next', path: '$["@odata.nextLink"]' }],
  ['number of pages', '/page', { kind: 'page', param: 'page', start: 1, total_pages: '$.total_pages' }],
  ['next cursor', '/cursor', { kind: 'cursor', from: '$.next_cursor', param: 'cursor' }],
  [
    'next cursor of a POST',
    '/cursor-body',
    { kind: 'cursor', from: '$.next_cursor', body: '$.cursor' },
    { body: { a: 1 } },
  ],
  ['next offset in a header', '/offset-header', { kind: 'cursor', header: 'x-next-offset', param: 'offset' }],
]

/** One page, whose body or headers tell more or less. */
const firstPages: readonly [
  title: string,
  body: string,
  headers: Record<string, string>,
  frozen: JsonObject | undefined,
][] = [
  ['a Link header without next', '[{"id":1}]', { link: '</x?page=1>; rel="first"' }, { kind: 'link', rel: 'next' }],
  [
    'a null next beside previous',
    '{"next":null,"previous":null,"results":[{"id":1}]}',
    {},
    { kind: 'next', path: '$.next' },
  ],
  ['a null next alone', '{"next":null,"results":[{"id":1}]}', {}, undefined],
  [
    'a null next cursor',
    '{"next_cursor":null,"data":[{"id":1}]}',
    {},
    { kind: 'cursor', from: '$.next_cursor', param: 'cursor' },
  ],
  [
    'Link header before next URL before next cursor',
    '{"next":"/x?page=2","next_cursor":"c","data":[{"id":1}]}',
    { link: '</x?page=2>; rel=next' },
    { kind: 'link', rel: 'next' },
  ],
  [
    'number of pages that begin with 0',
    '{"content":[{"id":1}],"page":{"number":0,"totalPages":1}}',
    {},
    { kind: 'page', param: 'page', start: 0, total_pages: '$.page.totalPages' },
  ],
  [
    'page token of Google',
    '{"items":[{"id":1}],"nextPageToken":""}',
    {},
    { kind: 'cursor', from: '$.nextPageToken', param: 'pageToken' },
  ],
  [
    'cursor of Slack',
    '{"members":[{"id":1}],"response_metadata":{"next_cursor":""}}',
    {},
    { kind: 'cursor', from: '$.response_metadata.next_cursor', param: 'cursor' },
  ],
  ['next that is a text but no URL', '{"next":"word","results":[{"id":1}]}', {}, undefined],
  ['only records', '[{"id":1}]', {}, undefined],
]

describe('tap-rest detect', () => {
  let api: Api
  const started = async (options?: ApiOptions) => {
    api = await startApi(options)
    return api
  }
  afterEach(() => api.close())

  for (const [title, path, frozen, more] of signs) {
    it(`recognizes and follows: ${title}`, async () => {
      await started()
      const pages = await readSequence(api, path, { paginate: auto, ...more })
      expect(pages.failure).to.equal(undefined)
      expect(pages.detected?.frozen).to.deep.equal(frozen)
      expect(pages.detected?.warning).to.equal(undefined)
      expect(pages.ids).to.deep.equal(allIds(api))
      expect(thawedPaginate({ ...auto, ...rules }, pages.detected?.frozen ?? null)).to.deep.equal(
        pages.detected?.paginate,
      )
    })
  }

  it('keeps the rules of the settings beside what is frozen', () => {
    const thawed = thawedPaginate({ ...auto, ...rules, maxPages: 3, emptyPageContinues: true }, { kind: 'link' })
    expect(thawed).to.deep.equal({
      kind: 'link',
      rel: 'next',
      maxPages: 3,
      emptyPageContinues: true,
      shortPageStops: false,
    })
  })

  it('refuses what no settings could say', () => {
    const thaw = () => thawedPaginate({ ...auto, ...rules }, { kind: 'links' })
    expect(thaw).to.throw('tap-rest.paginate of the catalog: links is no kind of pagination; did you mean link?')
  })

  it('refuses values of a type that discovery never writes', () => {
    const thaw = () => thawedPaginate({ ...auto, ...rules }, { kind: 'next', path: 5 })
    expect(thaw).to.throw('tap-rest.paginate of the catalog: path is not what discovery writes; discover again')
  })

  it('says once per stream what it recognized, and warns once', () => {
    const log = recordedLog()
    const announce = announcing('issues', log)
    const paginate = { kind: 'none', ...rules } as const
    for (const _ of [1, 2]) {
      announce({ paginate, sign: 'Link header', frozen: { kind: 'link' } })
      announce({ paginate })
      announce({ paginate, warning: 'one page only' })
    }
    expect(log.lines).to.deep.equal([
      'INFO paginate is recognized by Link header stream=issues paginate={"kind":"link"}',
      'WARNING one page only stream=issues',
    ])
  })

  for (const [title, body, headers, frozen] of firstPages) {
    it(`takes ${title} for ${frozen ? String(frozen.kind) : 'one page, and looks again next time'}`, async () => {
      await started({ endpoints: { '/x': ({ number }) => ({ body: number === 1 ? body : '[]', headers }) } })
      const { detected } = await readSequence(api, '/x', { paginate: { ...auto, maxPages: 1 } })
      expect(detected?.frozen).to.deep.equal(frozen)
      if (!frozen) expect(detected?.paginate.kind).to.equal('none')
    })
  }

  it('goes on from the page that the settings ask for', async () => {
    await started()
    const { ids, asked } = await readSequence(api, '/page?page=2', { paginate: auto })
    expect(ids).to.deep.equal(allIds(api).slice(3))
    expect(asked.slice(0, 3)).to.deep.equal(['/page?page=2', '/page?page=3', '/page?page=4'])
  })

  const warnings: readonly [title: string, path: string, body: string | undefined, reason: RegExp][] = [
    [
      'as many records as the limit in the query',
      '/offset-bare?limit=3',
      undefined,
      /as many records as its limit, 3;/,
    ],
    ['as many records as the limit in the body', '/x', '{"limit":2,"data":[{"id":1},{"id":2}]}', /its limit, 2;/],
    ['fewer records than the total', '/x', '{"total":7,"data":[{"id":1},{"id":2}]}', /there are 7 records/],
    [
      'exactly 100 records',
      '/x',
      JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id }))),
      /exactly 100 records/,
    ],
  ]
  for (const [title, path, body, reason] of warnings) {
    it(`warns that one page only is read, of ${title}`, async () => {
      await started(body === undefined ? {} : { endpoints: { '/x': () => ({ body }) } })
      const { detected } = await readSequence(api, path, { paginate: auto })
      expect(detected?.warning).to.match(/^one page only is read: /)
      expect(detected?.warning).to.match(reason)
    })
  }

  const wrong: readonly [paginate: PaginateKind, body: object, reason: RegExp | undefined][] = [
    [
      cursorFrom('nextt'),
      { total: 7, next: 'x', data: [{ id: 1 }] },
      /it has no \$\.nextt, but it says that there are 7/,
    ],
    [cursorFrom('next'), { total: 7, next: null, data: [{ id: 1 }] }, undefined],
    [cursorFrom('nextt'), { data: [{ id: 1 }] }, undefined],
    [{ kind: 'link', rel: 'next' }, { total: 7, data: [{ id: 1 }] }, /it has no Link header/],
    [{ kind: 'next' }, { total: 7, data: [{ id: 1 }] }, /it has no next URL in the usual places/],
    [{ kind: 'next', path: ['links', 'nx'] }, { total: 7, data: [{ id: 1 }] }, /it has no \$\.links\.nx/],
    [{ kind: 'none' }, { total: 7, data: [{ id: 1 }] }, undefined],
  ]
  for (const [paginate, body, reason] of wrong) {
    const title = `${JSON.stringify(paginate)} of ${JSON.stringify(body)}`
    it(`${reason ? 'warns' : 'does not warn'} that one page only is read: ${title}`, async () => {
      await started({ endpoints: { '/x': () => ({ body: JSON.stringify(body) }) } })
      const { detected } = await readSequence(api, '/x', { paginate })
      if (reason) expect(detected?.warning).to.match(reason)
      else expect(detected?.warning).to.equal(undefined)
    })
  }

  it('does not warn of a page that is smaller than its limit', async () => {
    await started()
    const { detected } = await readSequence(api, '/offset-bare?limit=11', { paginate: auto })
    expect(detected?.warning).to.equal(undefined)
  })

  it('fails when the source does not know the parameter that was guessed', async () => {
    await started({ endpoints: { '/x': () => ({ body: '{"data":[{"id":1}],"next_cursor":"c1"}' }) } })
    const { failure } = await readSequence(api, '/x', { paginate: auto })
    expect(failure?.message).to.match(/^issues: paginate auto sent what it took for the next page's parameter/)
  })

  it('keeps the rules that the settings give beside auto', async () => {
    await started()
    const { ids } = await readSequence(api, '/cursor', { paginate: { ...auto, maxRecords: 5 } })
    expect(ids).to.have.length(5)
  })
})
