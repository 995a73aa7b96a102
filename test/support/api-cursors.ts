import { asObject } from '../../singer/json.js'
import { type ApiCall, type ApiData, bodyOf, type Endpoint, jsonAnswer, numberIn } from './api-call.js'
import { type ApiRecord, listOf } from './api-records.js'

/** Offsets, cursors and last ids; all show the same records. Tokens are opaque: `c2` is the page with index 2. */
export const cursorEndpoints: Readonly<Record<string, Endpoint>> = {
  /** `?offset=0&limit=…`, `{items, total}`. */
  '/offset': (call, data) => {
    const slice = sliceOf(data, numberIn(call, 'offset', 0), limitOf(call, data))
    return jsonAnswer(`{"items":${listOf(slice)},"total":${data.records.length}}`)
  },
  '/offset-text': (call, data) => {
    const slice = sliceOf(data, numberIn(call, 'offset', 0), limitOf(call, data))
    return jsonAnswer(`{"items":${listOf(slice)},"meta":{"total":"${data.records.length}"}}`)
  },
  /** No total: only an empty page tells the end. */
  '/offset-bare': (call, data) => jsonAnswer(listOf(sliceOf(data, numberIn(call, 'offset', 0), limitOf(call, data)))),
  /** POST with `{"page": {"offset": 0, "limit": 2}}`. */
  '/offset-body': (call, data) => {
    const { offset = 0, limit } = asObject(bodyOf(call).page)
    const slice = sliceOf(data, Number(offset), Number(limit ?? limitOf(call, data)))
    return jsonAnswer(`{"items":${listOf(slice)},"total":${data.records.length}}`)
  },
  /** The next offset in a header, to be used as it is. */
  '/offset-header': (call, data) => {
    const offset = numberIn(call, 'offset', 0)
    const slice = sliceOf(data, offset, limitOf(call, data))
    const end = offset + slice.length
    const headers = end < data.records.length ? { 'x-next-offset': String(end) } : undefined
    return jsonAnswer(listOf(slice), headers)
  },
  '/cursor': (call, data) => cursorPage(data, call.query.get('cursor')),
  /** POST with `{"cursor": …}`. */
  '/cursor-body': (call, data) => cursorPage(data, textOf(bodyOf(call).cursor)),
  /** Cursor in and out by header. */
  '/cursor-header': (call, data) => {
    const index = indexOf(textOf(call.headers['x-cursor']))
    const headers = index + 1 < data.pages ? { 'x-next-cursor': `c${index + 1}` } : undefined
    return jsonAnswer(listOf(data.page(index)), headers)
  },
  /** Stripe: `?starting_after=<id>`, `{object, data, has_more, url}`. */
  '/last-id': (call, data) => {
    const after = call.query.get('starting_after')
    const from = after === null ? 0 : data.records.findIndex(({ id }) => id === after) + 1
    const slice = sliceOf(data, from, limitOf(call, data))
    const hasMore = from + slice.length < data.records.length
    return jsonAnswer(`{"object":"list","data":${listOf(slice)},"has_more":${hasMore},"url":"/last-id"}`)
  },
  /** POST `{query, variables: {after}}`; the last page has an end cursor as well: only `hasNextPage` tells. */
  '/graphql': (call, data) => {
    const index = indexOf(textOf(asObject(bodyOf(call).variables).after))
    const info = `{"hasNextPage":${index + 1 < data.pages},"endCursor":"c${index + 1}"}`
    return jsonAnswer(`{"data":{"items":{"nodes":${listOf(data.page(index))},"pageInfo":${info}}}}`)
  },
}

const sliceOf = (data: ApiData, from: number, size: number): readonly ApiRecord[] =>
  data.records.slice(from, from + size)

const limitOf = (call: ApiCall, data: ApiData): number => numberIn(call, 'limit', data.page(0).length)

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const indexOf = (cursor: string | null): number => (cursor ? Number(cursor.slice(1)) : 0)

function cursorPage(data: ApiData, cursor: string | null) {
  const index = indexOf(cursor)
  const next = index + 1 < data.pages ? `"c${index + 1}"` : 'null'
  return jsonAnswer(`{"data":${listOf(data.page(index))},"next_cursor":${next}}`)
}
