import { valueAt } from '../settings/path.js'
import type { Path } from '../settings/plan.js'
import type { Turn } from './paginator.js'
import { answerAt, numberOf } from './turn-facts.js'

/** Where sources say how many pages there are. */
export const totalPlaces: readonly Path[] = [
  ...within(['total_pages', 'totalPages', 'page_count', 'pageCount', 'num_pages', 'last_page', 'lastPage', 'pages']),
  ['headers', 'x-total-pages'],
]

/** Names of page numbers, in requests as in answers. */
export const currentPages = ['page', 'current_page', 'currentPage', 'page_number', 'pageNumber', 'number']

/** Where sources put the next cursor, and the parameter that takes it. `isSure`: the name alone says so, also when it is null. */
export const cursorPlaces: readonly { readonly from: Path; readonly param: string; readonly isSure: boolean }[] = [
  ...cursors(['next_cursor', 'nextCursor'], 'cursor'),
  ...cursors(['next_page_token'], 'page_token'),
  ...cursors(['nextPageToken'], 'pageToken'),
  ...cursors(['next_token'], 'next_token'),
  ...cursors(['nextToken'], 'nextToken'),
  ...cursors(['continuation_token'], 'continuation_token'),
  ...cursors(['continuationToken'], 'continuationToken'),
  { from: ['paging', 'cursors', 'after'], param: 'after', isSure: true },
  { from: ['paging', 'next', 'after'], param: 'after', isSure: true },
  { from: ['cursors', 'after'], param: 'after', isSure: true },
  { from: ['cursors', 'next'], param: 'cursor', isSure: true },
  ...within(['next_page', 'nextPage']).map((from) => ({ from, param: 'page', isSure: false })),
  ...within(['next_offset', 'nextOffset']).map((from) => ({ from, param: 'offset', isSure: false })),
  ...within(['cursor']).map((from) => ({ from, param: 'cursor', isSure: false })),
  { from: ['headers', 'x-next-cursor'], param: 'cursor', isSure: true },
  { from: ['headers', 'x-next-page'], param: 'page', isSure: true },
  { from: ['headers', 'x-next-offset'], param: 'offset', isSure: true },
]

function cursors(names: readonly string[], param: string) {
  return within(names).map((from) => ({ from, param, isSure: true }))
}

/** At the top of the body, and in the objects that usually hold such things. */
function within(names: readonly string[]): Path[] {
  const outer = [[], ['meta'], ['pagination'], ['paging'], ['page'], ['meta', 'pagination'], ['response_metadata']]
  return outer.flatMap((path) => names.map((name) => [...path, name]))
}

const limitNames = [
  'limit',
  'per_page',
  'perPage',
  'page_size',
  'pageSize',
  'size',
  'first',
  '$top',
  'max_results',
  'rows',
]
const countPlaces = within(['total', 'total_count', 'totalCount', 'total_results', 'totalResults', 'count'])
const usualSizes = [20, 25, 30, 50, 100, 200, 250, 500, 1000]

/** Why the only page that is going to be read looks like the first of several. */
export function onePage(turn: Turn): string | undefined {
  const reason = whyMore(turn)
  if (reason === undefined) return undefined
  return `one page only is read: no way of paging was recognized, but ${reason}; set paginate (none, if this is all)`
}

/** What an answer says, or looks like, when there is more than this page. */
export function whyMore(turn: Turn): string | undefined {
  const { count } = turn.page
  const total = countPlaces.map((path) => numberOf(answerAt(turn, path))).find((number) => (number ?? 0) > count)
  const limit = limitsOf(turn).find((number) => number !== undefined && number > 0 && number <= count)
  return (
    (total !== undefined && `it says that there are ${total} records`) ||
    (limit !== undefined && `it holds as many records as its limit, ${limit}`) ||
    (usualSizes.includes(count) && `it holds exactly ${count} records, which looks like a page size`) ||
    undefined
  )
}

function limitsOf(turn: Turn): (number | undefined)[] {
  const { url, body } = turn.request
  const sent = limitNames.map((name) => numberOf(url.searchParams.get(name) ?? undefined))
  const posted = limitNames.map((name) => numberOf(valueAt(body?.value, [name])))
  return [...sent, ...posted, ...within(limitNames).map((path) => numberOf(answerAt(turn, path)))]
}
