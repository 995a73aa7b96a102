import { expect } from 'chai'
import { parseExpression } from '../../tap-rest/settings/expression.js'
import { type Api, type ApiOptions, startApi } from '../support/api-server.js'
import { allIds, readSequence, type Sequence } from './paging.js'

const page = { kind: 'page', to: { param: 'page' }, start: 1 } as const
const cursor = { kind: 'cursor', from: { body: ['next_cursor'] }, to: { param: 'cursor' } } as const
const offset = {
  kind: 'offset',
  to: { param: 'offset' },
  start: 0,
  limitTo: { param: 'limit' },
  limit: 3,
  step: 'limit',
} as const

type Stop = readonly [title: string, path: string, paginate: Sequence['paginate'], sizes: number[], requests: number]

/** 10 records; the pages that are read of them, and the requests for it. */
const stops: readonly Stop[] = [
  ['stop_when', '/cursor', { ...cursor, stopWhen: parseExpression('last(records).id >= 5') }, [3, 3], 2],
  [
    'stop_when before has_more',
    '/page-more',
    { ...page, hasMore: ['has_more'], stopWhen: parseExpression('true') },
    [3],
    1,
  ],
  ['has_more that is absent says nothing', '/page-bare', { ...page, hasMore: ['more'] }, [3, 3, 3, 1], 5],
  ['max_pages', '/cursor', { ...cursor, maxPages: 2 }, [3, 3], 2],
  ['max_records within a page', '/cursor', { ...cursor, maxRecords: 4 }, [3, 1], 2],
  ['max_records at the end of a page', '/cursor', { ...cursor, maxRecords: 6 }, [3, 3], 2],
]

describe('tap-rest paginate, ends', () => {
  let api: Api
  const started = async (options?: ApiOptions) => {
    api = await startApi(options)
    return api
  }
  afterEach(() => api.close())

  for (const [title, path, paginate, sizes, requests] of stops) {
    it(title, async () => {
      await started()
      const pages = await readSequence(api, path, { paginate })
      expect(pages.failure).to.equal(undefined)
      expect(pages.sizes.filter((size) => size > 0)).to.deep.equal(sizes)
      expect(api.calls).to.have.length(requests)
    })
  }

  for (const no of ['false', '"False"', '0', '"0"', '"no"', '"N"']) {
    it(`has_more that is ${no}`, async () => {
      await started({ endpoints: { '/x': () => ({ body: `{"data":[{"id":1}],"more":${no}}` }) } })
      const { ids } = await readSequence(api, '/x', { paginate: { ...page, hasMore: ['more'] } })
      expect(ids).to.have.length(1)
      expect(api.calls).to.have.length(1)
    })
  }

  it('reads on behind a short page', async () => {
    await started({ pageSize: [3, 1, 3] })
    const { ids } = await readSequence(api, '/page-bare', { paginate: page })
    expect(ids).to.deep.equal(allIds(api))
  })

  it('stops at an empty page in the middle', async () => {
    await started({ pageSize: [3, 0, 3] })
    const { ids, lines } = await readSequence(api, '/cursor', { paginate: cursor })
    expect(ids).to.have.length(3)
    expect(lines.filter(({ level }) => level === 'info').map(({ message }) => message)).to.deep.equal([
      'a page without records was taken for the end, although it names a next one',
    ])
  })

  it('reads on behind an empty page that has a next token, when told to', async () => {
    await started({ pageSize: [3, 0, 0, 3] })
    const { ids } = await readSequence(api, '/cursor', { paginate: { ...cursor, emptyPageContinues: true } })
    expect(ids).to.deep.equal(allIds(api))
  })

  it('reads on behind an empty page while the number of pages says that there is more', async () => {
    await started({ pageSize: [3, 0, 3] })
    const paginate = { ...page, emptyPageContinues: true, totalPages: ['total_pages'] }
    const { ids } = await readSequence(api, '/page', { paginate })
    expect(ids).to.deep.equal(allIds(api))
  })

  it('stops at an empty page that nothing follows, even when told to read on', async () => {
    await started()
    const { ids } = await readSequence(api, '/page-bare', { paginate: { ...page, emptyPageContinues: true } })
    expect(ids).to.deep.equal(allIds(api))
    expect(api.calls).to.have.length(5)
  })

  it('skips nothing when the source caps the limit and says the total', async () => {
    await started({
      records: 10,
      endpoints: {
        '/capped': ({ query }, { records }) => {
          const from = Number(query.get('offset'))
          const texts = records.slice(from, from + 3).map(({ text }) => text)
          return { body: `{"items":[${texts.join(',')}],"total":${records.length}}` }
        },
      },
    })
    const { ids } = await readSequence(api, '/capped', { paginate: { ...offset, limit: 50, total: ['total'] } })
    expect(ids).to.deep.equal(allIds(api))
  })

  it('warns once when short pages are followed by more, and nothing says the total', async () => {
    await started({
      endpoints: {
        '/capped': ({ query }, { records }) => {
          const from = Number(query.get('offset'))
          return {
            body: `[${records
              .slice(from, from + 2)
              .map(({ text }) => text)
              .join(',')}]`,
          }
        },
      },
    })
    const { lines } = await readSequence(api, '/capped', { paginate: offset })
    expect(lines.filter(({ level }) => level === 'warning').map(({ message }) => message)).to.deep.equal([
      'a page held fewer records than its limit and more followed: if the source caps it, records are missing',
    ])
  })

  it('takes a total that changes in the middle as it is said last', async () => {
    await started({
      endpoints: {
        '/growing': ({ query, number }, { records }) => {
          const from = Number(query.get('offset'))
          const texts = records.slice(from, from + 3).map(({ text }) => text)
          return { body: `{"items":[${texts.join(',')}],"total":${number === 1 ? 4 : records.length}}` }
        },
      },
    })
    const { ids } = await readSequence(api, '/growing', { paginate: { ...offset, total: ['total'] } })
    expect(ids).to.deep.equal(allIds(api))
  })

  it('takes a total of 0 beside records for none', async () => {
    await started({
      endpoints: {
        '/x': ({ query }, { records }) => {
          const from = Number(query.get('offset'))
          const texts = records.slice(from, from + 3).map(({ text }) => text)
          return { body: `{"items":[${texts.join(',')}],"total":0}` }
        },
      },
    })
    const { ids } = await readSequence(api, '/x', { paginate: { ...offset, total: ['total'] } })
    expect(ids).to.deep.equal(allIds(api))
  })

  it('takes a start of 1 for sources that count from there', async () => {
    await started({
      endpoints: {
        '/scim': ({ query }, { records }) => {
          const from = Number(query.get('offset')) - 1
          const texts = records.slice(from, from + 3).map(({ text }) => text)
          return { body: `{"items":[${texts.join(',')}],"total":${records.length}}` }
        },
      },
    })
    const { ids } = await readSequence(api, '/scim', { paginate: { ...offset, start: 1, total: ['total'] } })
    expect(ids).to.deep.equal(allIds(api))
    expect(api.calls).to.have.length(4)
  })
})
