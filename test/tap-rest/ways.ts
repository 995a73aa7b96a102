import type { Json } from '../../singer/index.js'
import { parseExpression } from '../../tap-rest/settings/expression.js'
import type { PaginateKind } from '../../tap-rest/settings/plan.js'
import type { Sequence } from './paging.js'

const page = { kind: 'page', to: { param: 'page' }, start: 1 } as const
const offset = {
  kind: 'offset',
  to: { param: 'offset' },
  start: 0,
  limitTo: { param: 'limit' },
  limit: 3,
  step: 'returned',
} as const
export const cursor = (from: Extract<PaginateKind, { kind: 'cursor' }>['from']) =>
  ({ kind: 'cursor', from, to: { param: 'cursor' } }) as const

export interface Asking {
  readonly body?: Json
  readonly records?: string
}

type Way = readonly [title: string, path: string, paginate: Sequence['paginate'], requests: number, asking?: Asking]

/** Every way of paging, with the requests that it takes to read 10 records in pages of 3 of the fake API. */
export const ways: readonly Way[] = [
  ['none', '/all', { kind: 'none' }, 1],
  ['Link header', '/link', { kind: 'link', rel: 'next' }, 4],
  ['relative Link header', '/link-relative', { kind: 'link', rel: 'next' }, 4],
  ['next URL in the body, null at the end', '/next', { kind: 'next', path: ['next'] }, 4],
  ['next URL in the body, empty at the end', '/next-empty', { kind: 'next', path: ['next'] }, 4],
  ['next URL relative to the current one', '/next-relative', { kind: 'next' }, 4],
  ['only a query as next URL', '/next-query', { kind: 'next' }, 4],
  ['next URL of HAL', '/hal', { kind: 'next' }, 4, { records: '_embedded.items' }],
  ['next URL of OData', '/odata', { kind: 'next' }, 4],
  ['page numbers to the number of pages', '/page', { ...page, totalPages: ['total_pages'] }, 4],
  ['page numbers to an empty page', '/page-bare', page, 5],
  ['page numbers from 0', '/page0', { ...page, start: 0, totalPages: ['total_pages'] }, 4],
  ['page numbers while there is more', '/page-more', { ...page, hasMore: ['has_more'] }, 4],
  ['page numbers until the last page repeats', '/page-repeats', page, 5],
  ['page numbers in the body', '/page-body', { ...page, to: { body: ['page', 'number'] } }, 5, { body: { a: 1 } }],
  ['page numbers until one is short', '/page-bare', { ...page, shortPageStops: true }, 4],
  ['offsets to the total', '/offset', { ...offset, total: ['total'] }, 4],
  ['offsets to a total that is text', '/offset-text', { ...offset, total: ['meta', 'total'] }, 4],
  ['offsets to an empty page', '/offset-bare', offset, 5],
  ['offsets by the limit', '/offset-bare', { ...offset, step: 'limit' }, 5],
  ['offsets until a page is short', '/offset-bare', { ...offset, shortPageStops: true }, 4],
  [
    'offsets in the body',
    '/offset-body',
    { ...offset, to: { body: ['page', 'offset'] }, limitTo: { body: ['page', 'limit'] }, total: ['total'] },
    4,
    { body: { query: 'q' } },
  ],
  [
    'offsets that the source gives',
    '/offset-header',
    { kind: 'cursor', from: { header: 'X-Next-Offset' }, to: { param: 'offset' } },
    4,
  ],
  ['cursor from the body', '/cursor', cursor({ body: ['next_cursor'] }), 4],
  ['cursor by an expression', '/cursor', cursor({ next: parseExpression('body.next_cursor') }), 4],
  [
    'cursor from and to the body',
    '/cursor-body',
    { kind: 'cursor', from: { body: ['next_cursor'] }, to: { body: ['cursor'] } },
    4,
    { body: { filter: { a: [1] } } },
  ],
  [
    'cursor from and to a header',
    '/cursor-header',
    { kind: 'cursor', from: { header: 'X-Next-Cursor' }, to: { header: 'X-Cursor' } },
    4,
  ],
  [
    'last id while there is more',
    '/last-id',
    { kind: 'cursor', from: { last: ['id'] }, to: { param: 'starting_after' }, hasMore: ['has_more'] },
    4,
  ],
  [
    'last id to an empty page',
    '/last-id',
    { kind: 'cursor', from: { last: ['id'] }, to: { param: 'starting_after' } },
    5,
  ],
  [
    'GraphQL, whose last page has a cursor as well',
    '/graphql',
    {
      kind: 'cursor',
      from: { body: ['data', 'items', 'pageInfo', 'endCursor'] },
      to: { body: ['variables', 'after'] },
      hasMore: ['data', 'items', 'pageInfo', 'hasNextPage'],
    },
    4,
    { body: { query: '{items}', variables: { first: 3 } }, records: 'data.items.nodes' },
  ],
]
