import { type ApiCall, type ApiData, type Endpoint, jsonAnswer, numberIn, urlWith } from './api-call.js'
import { type ApiRecord, apiRecords, listOf } from './api-records.js'

/** APIs that do not end as they should, and bodies that are not plain JSON. */
export const oddEndpoints: Readonly<Record<string, Endpoint>> = {
  /** Zendesk's incremental export: `start_time` inclusive, `next_page` never null: at the end it asks for the last second again. */
  '/zendesk': (call, data) => {
    const start = call.query.get('start_time') ?? ''
    const slice = data.records.filter(({ updatedAt }) => updatedAt >= start).slice(0, sizeOf(data))
    const next = urlWith(call, { start_time: slice.at(-1)?.updatedAt ?? start }).href
    const isEnd = slice.at(-1) === data.records.at(-1)
    return jsonAnswer(
      `{"tickets":${listOf(slice)},"next_page":"${next}","count":${slice.length},"end_of_stream":${isEnd}}`,
    )
  },
  /** Newest first. */
  '/feed': (call, data) => {
    const from = (numberIn(call, 'page', 1) - 1) * sizeOf(data)
    return jsonAnswer(listOf(data.records.toReversed().slice(from, from + sizeOf(data))))
  },
  /** Whatever is asked for, the first page, with a next link to the page after. */
  '/same': (call, data) => withNext(call, data.page(0), numberIn(call, 'page', 1) + 1),
  /** Page 1 → 2 → 1. */
  '/aba': (call, data) => {
    const page = numberIn(call, 'page', 1)
    return withNext(call, data.page(page - 1), page === 1 ? 2 : 1)
  },
  /** The page's own URL as its next link. */
  '/self': (call, data) => withNext(call, data.page(0), numberIn(call, 'page', 1)),
  /** New records each time, and always the same cursor. */
  '/stuck-cursor': (call, data) =>
    jsonAnswer(`{"data":${listOf(freshRecords(call, sizeOf(data)))},"next_cursor":"stuck"}`),
  /** Never a record, always another cursor. */
  '/empty-for-ever': (call) => jsonAnswer(`{"data":[],"next_cursor":"c${call.number}"}`),
  /** New records with a new cursor, for ever. */
  '/endless': (call, data) =>
    jsonAnswer(`{"data":${listOf(freshRecords(call, sizeOf(data)))},"next_cursor":"c${call.number}"}`),
  '/ndjson': (_, data) => ({
    headers: { 'content-type': 'application/x-ndjson' },
    body: data.records.map(({ text }) => `${text}\n`).join(''),
  }),
  '/csv': (_, data) => ({
    headers: { 'content-type': 'text/csv' },
    body: `id,updated_at,note\r\n${data.records.map(({ id, updatedAt }) => `${id},${updatedAt},"a ""b"", c"\r\n`).join('')}`,
  }),
  /** As a body with a byte order mark. */
  '/bom': (_, data) => jsonAnswer(`\uFEFF${listOf(data.records)}`),
  /** What is no JSON, in the middle of a page. */
  '/nan': () => jsonAnswer('{"data":[{"id":1,"x":2},{"id":2,"x":NaN}]}'),
  /** JSON that calls itself HTML. */
  '/wrong-type': (_, data) => ({ headers: { 'content-type': 'text/html' }, body: listOf(data.records) }),
  /** A login page where JSON was promised. */
  '/login-page': () => ({ headers: { 'content-type': 'application/json' }, body: '<html><p>Welcome</p></html>' }),
  '/error-in-200': () => jsonAnswer('{"ok":false,"error":"invalid_cursor"}'),
  /** Two pages; the first links to the second on `?elsewhere=`. */
  '/next-elsewhere': (call, data) =>
    jsonAnswer(`{"results":${listOf(data.page(0))},"next":"${call.query.get('elsewhere')}/next?page=2"}`),
}

const sizeOf = (data: ApiData): number => data.page(0).length

function withNext(call: ApiCall, records: readonly ApiRecord[], page: number) {
  return jsonAnswer(`{"results":${listOf(records)},"next":"${urlWith(call, { page }).href}"}`)
}

/** Records that no earlier request of this server brought. */
function freshRecords(call: ApiCall, count: number): readonly ApiRecord[] {
  return apiRecords(count, { firstId: BigInt(call.number * 1000) })
}
