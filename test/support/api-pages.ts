import { asObject } from '../../singer/json.js'
import { type ApiCall, type ApiData, bodyOf, type Endpoint, jsonAnswer, numberIn, urlWith } from './api-call.js'
import { listOf } from './api-records.js'

/** One endpoint per way of paging; all show the same records. */
export const pagingEndpoints: Readonly<Record<string, Endpoint>> = {
  /** A bare array with everything. */
  '/all': (_, { records }) => jsonAnswer(listOf(records)),
  /** `?page=1`, Link header with absolute URLs. */
  '/link': (call, data) => linked(call, data, (index) => urlWith(call, { page: index + 1 }).href),
  '/link-relative': (call, data) => linked(call, data, (index) => urlWith(call, { page: index + 1 }).search),
  /** Body `{results, next}`: an absolute URL, null at the end. */
  '/next': (call, data) => nextInBody(call, data, (index) => urlWith(call, { page: index + 1 }).href),
  '/next-relative': (call, data) =>
    nextInBody(call, data, (index) => `next-relative${urlWith(call, { page: index + 1 }).search}`),
  /** Only a query: `?page=2`. */
  '/next-query': (call, data) => nextInBody(call, data, (index) => urlWith(call, { page: index + 1 }).search),
  /** An empty text at the end instead of null. */
  '/next-empty': (call, data) =>
    nextInBody(call, data, (index) => urlWith(call, { page: index + 1 }).href, { end: '""' }),
  '/hal': (call, data) => {
    const index = pageIndex(call)
    const next = index + 1 < data.pages ? `,"next":{"href":"${urlWith(call, { page: index + 2 }).href}"}` : ''
    return jsonAnswer(`{"_embedded":{"items":${listOf(data.page(index))}},"_links":{"self":{"href":"/hal"}${next}}}`)
  },
  /** Microsoft Graph: the link is absent at the end. */
  '/odata': (call, data) => {
    const index = Number(call.query.get('$skiptoken') ?? 0)
    const next = urlWith(call, { $skiptoken: index + 1 }).href
    const link = index + 1 < data.pages ? `,"@odata.nextLink":"${next}"` : ''
    return jsonAnswer(`{"@odata.context":"x","value":${listOf(data.page(index))}${link}}`)
  },
  /** `?page=1`, `{data, page, total_pages}`; behind the end an empty list. */
  '/page': (call, data) => numbered(call, data, pageIndex(call)),
  '/page0': (call, data) => numbered(call, data, numberIn(call, 'page', 0)),
  /** `{data, has_more}` and no total. */
  '/page-more': (call, data) => {
    const index = pageIndex(call)
    return jsonAnswer(`{"data":${listOf(data.page(index))},"has_more":${index + 1 < data.pages}}`)
  },
  /** A bare array per page: only an empty one tells the end. */
  '/page-bare': (call, data) => jsonAnswer(listOf(data.page(pageIndex(call)))),
  /** As `/page-bare`, but behind the end the last page comes again and again. */
  '/page-repeats': (call, data) => jsonAnswer(listOf(data.page(Math.min(pageIndex(call), data.pages - 1)))),
  /** POST with `{"page": {"number": 1}}`. */
  '/page-body': (call, data) => {
    const number = Number(asObject(bodyOf(call).page).number ?? 1)
    return jsonAnswer(`{"data":${listOf(data.page(number - 1))}}`)
  },
}

const pageIndex = (call: ApiCall): number => numberIn(call, 'page', 1) - 1

function linked(call: ApiCall, data: ApiData, urlOf: (index: number) => string) {
  const index = pageIndex(call)
  const rels: [string, number][] = [['first', 0]]
  if (index > 0) rels.push(['prev', index - 1])
  if (index + 1 < data.pages) rels.push(['next', index + 1], ['last', data.pages - 1])
  const link = rels.map(([rel, target]) => `<${urlOf(target)}>; rel="${rel}"`).join(', ')
  return jsonAnswer(listOf(data.page(index)), { link })
}

function nextInBody(call: ApiCall, data: ApiData, urlOf: (index: number) => string, { end = 'null' } = {}) {
  const index = pageIndex(call)
  const next = index + 1 < data.pages ? JSON.stringify(urlOf(index + 1)) : end
  return jsonAnswer(`{"count":${data.records.length},"next":${next},"results":${listOf(data.page(index))}}`)
}

function numbered(call: ApiCall, data: ApiData, index: number) {
  const page = call.query.get('page') ?? '1'
  return jsonAnswer(`{"data":${listOf(data.page(index))},"page":${page},"total_pages":${data.pages}}`)
}
