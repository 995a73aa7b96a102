import { expect } from 'chai'
import fc from 'fast-check'
import { createSeen } from '../../tap-rest/paging/seen.js'
import { type Api, type ApiOptions, startApi } from '../support/api-server.js'
import { allIds, readSequence, type Sequence } from './paging.js'

const next = { kind: 'next' } as const
const cursor = { kind: 'cursor', from: { body: ['next_cursor'] }, to: { param: 'cursor' } } as const
const page = { kind: 'page', to: { param: 'page' }, start: 1 } as const
const keyless = { primaryKey: [] }

interface Loop {
  readonly path: string
  readonly paginate: Sequence['paginate']
  readonly more?: Partial<Sequence>
  readonly api?: ApiOptions
  /** Of the records that arrive. */
  readonly ids: readonly string[]
  readonly requests: number
  /** Absent: it ends quietly. */
  readonly failure?: RegExp
  readonly warning?: RegExp
}

const goesRound = /^issues: paging goes round: page 3 /
const isFirstAgain = /^page 2 is page 1 again/
const wrapping: ApiOptions = {
  endpoints: {
    '/wraps': ({ query }, { page, pages }) => ({
      body: `[${page((Number(query.get('page')) - 1) % pages)
        .map(({ text }) => text)
        .join(',')}]`,
    }),
  },
}

const loops: Readonly<Record<string, Loop>> = {
  'a page that links to itself ends quietly': { path: '/self', paginate: next, ids: ['1', '2', '3'], requests: 2 },
  'the same page under new URLs ends quietly': { path: '/same', paginate: next, ids: ['1', '2', '3'], requests: 2 },
  'A → B → A is a failure': {
    ...{ path: '/aba', paginate: next, ids: ['1', '2', '3', '4', '5', '6'], requests: 3 },
    failure: goesRound,
  },
  'A → B → A without a primary key is a failure': {
    ...{ path: '/aba', paginate: next, more: keyless, ids: ['1', '2', '3', '4', '5', '6'], requests: 3 },
    failure: goesRound,
  },
  'a cursor that stays while records come is a failure': {
    ...{ path: '/stuck-cursor', paginate: cursor, requests: 3 },
    ids: ['1000', '1001', '1002', '2000', '2001', '2002'],
    failure: goesRound,
  },
  'a source that ignores the parameter for pages ends with a warning': {
    ...{ path: '/all', paginate: page, api: { records: 3 }, ids: ['1', '2', '3'], requests: 2 },
    warning: isFirstAgain,
  },
  'a last page that repeats ends quietly without a primary key': {
    ...{ path: '/page-repeats', paginate: page, api: { records: 4 }, more: keyless },
    ...{ ids: ['1', '2', '3', '4'], requests: 3 },
  },
  'other records under the same keys end with a warning': {
    ...{ path: '/x', paginate: page, ids: ['1'], requests: 2 },
    api: { endpoints: { '/x': ({ number }) => ({ body: `[{"id":1,"n":${number}}]` }) } },
    warning: /is primary_key unique/,
  },
  'page numbers that begin again behind the end stop quietly': {
    ...{
      path: '/wraps',
      paginate: page,
      api: { ...wrapping, records: 5 },
      ids: ['1', '2', '3', '4', '5'],
      requests: 3,
    },
  },
  'page numbers that begin again behind the end are a failure without a primary key': {
    ...{ path: '/wraps', paginate: page, api: { ...wrapping, records: 5 }, more: keyless },
    ...{ ids: ['1', '2', '3', '4', '5'], requests: 3, failure: goesRound },
  },
  'empty pages with always another token are a failure': {
    ...{ path: '/empty-for-ever', paginate: { ...cursor, emptyPageContinues: true }, ids: [], requests: 1001 },
    failure: /^issues: 1000 pages in a row were empty, up to page 1001/,
  },
  'endless fresh records end at max_pages': {
    ...{ path: '/endless', paginate: { ...cursor, maxPages: 2 }, requests: 2 },
    ids: ['1000', '1001', '1002', '2000', '2001', '2002'],
  },
}

describe('tap-rest loop guard', () => {
  let api: Api
  afterEach(() => api.close())

  for (const [title, { path, paginate, more, requests, failure, warning, ids, ...loop }] of Object.entries(loops)) {
    it(title, async () => {
      api = await startApi(loop.api)
      const pages = await readSequence(api, path, { paginate, isAhead: false, ...more })
      if (failure) expect(pages.failure?.message).to.match(failure)
      else expect(pages.failure).to.equal(undefined)
      expect(pages.ids).to.deep.equal(ids)
      expect(api.calls).to.have.length(requests)
      const warnings = pages.lines.filter(({ level }) => level === 'warning').map(({ message }) => message)
      if (warning) expect(warnings.join()).to.match(warning)
      else expect(warnings).to.deep.equal([])
    })
  }

  it('ends a Zendesk export, whose next_page is never null, quietly', async () => {
    api = await startApi({ records: 8 })
    const paginate = { kind: 'next', path: ['next_page'] } as const
    const pages = await readSequence(api, '/zendesk', { paginate, records: 'tickets' })
    expect(pages.failure).to.equal(undefined)
    expect([...new Set(pages.ids)]).to.deep.equal(allIds(api))
    expect(pages.lines.filter(({ level }) => level !== 'debug').map(({ message }) => message)).to.deep.equal([
      'a page brought nothing new: the end of the data',
    ])
  })

  it('ends a Zendesk export of a quiet day, whose only page links to itself', async () => {
    api = await startApi({ records: 1 })
    const paginate = { kind: 'next', path: ['next_page'] } as const
    const pages = await readSequence(api, '/zendesk?start_time=2024', { paginate, records: 'tickets' })
    expect([pages.failure, pages.ids]).to.deep.equal([undefined, ['1']])
  })

  it('does not take records whose keys are null for repeated ones', async () => {
    const body = (number: number) => `[{"id":null,"n":${number}}]`
    api = await startApi({ endpoints: { '/x': ({ number }) => ({ body: number > 3 ? '[]' : body(number) }) } })
    const { texts } = await readSequence(api, '/x', { paginate: page })
    expect(texts).to.have.length(3)
  })

  it('finds a cycle of any length in bounded memory and steps', () => {
    const shapes = fc.record({
      lead: fc.nat(50),
      length: fc.integer({ min: 1, max: 80 }),
      capacity: fc.integer({ min: 1, max: 30 }),
    })
    fc.assert(
      fc.property(shapes, ({ lead, length, capacity }) => {
        const isSeen = createSeen(capacity)
        const textAt = (i: number) => String(i < lead ? i : lead + ((i - lead) % length))
        let steps = 0
        while (!isSeen(textAt(steps))) steps++
        expect(steps).to.be.at.least(lead + length)
        expect(steps).to.be.at.most(4 * (lead + length) + 1)
      }),
    )
  })
})
