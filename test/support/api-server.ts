import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { type ApiAnswer, type ApiCall, type ApiData, type Endpoint, jsonAnswer, numberIn } from './api-call.js'
import { childEndpoints, childOfPath } from './api-children.js'
import { cursorEndpoints } from './api-cursors.js'
import { type FaultRule, faultsOf, reply } from './api-faults.js'
import { oddEndpoints } from './api-oddities.js'
import { pagingEndpoints } from './api-pages.js'
import { type ApiRecord, apiRecords, filtered } from './api-records.js'
import { type ApiTokens, type TokenOptions, tokenEndpoint, unauthorized } from './api-tokens.js'

export type { ApiCall, Endpoint } from './api-call.js'
export { jsonAnswer } from './api-call.js'
export * from './api-faults.js'
export { type ApiRecord, apiRecords } from './api-records.js'

export interface ApiOptions {
  /** How many, or which; 10 by default. */
  readonly records?: number | readonly ApiRecord[]
  /** 3 by default. A list gives the first pages their own sizes (0: an empty page in the middle), its last number the rest. */
  readonly pageSize?: number | readonly number[]
  readonly childrenPer?: number
  readonly faults?: readonly FaultRule[]
  /** Beside the built-in ones, or instead of them. */
  readonly endpoints?: Readonly<Record<string, Endpoint>>
  /** Every path but `/token` then wants the access token that `/token` gave last. */
  readonly tokens?: TokenOptions
}

export interface Api {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string
  /** In the order of arrival, also those that failed. */
  readonly calls: readonly ApiCall[]
  readonly records: readonly ApiRecord[]
  readonly tokens: ApiTokens
  /** How many requests wait for their answer, or for the rest of it. */
  readonly underWay: number
  /** How many were under way at the busiest time. */
  readonly mostAtOnce: number
  count(path: string): number
  close(): Promise<void>
}

/** A JSON API on loopback that pages in every known way, and fails by plan. */
export async function startApi(options: ApiOptions = {}): Promise<Api> {
  const records = recordsOf(options)
  const faultOf = faultsOf(options.faults ?? [])
  const { issue, admits, tokens } = tokenEndpoint(options.tokens ?? {})
  const calls: ApiCall[] = []
  let underWay = 0
  let mostAtOnce = 0

  function answerTo(call: ApiCall): ApiAnswer {
    if (call.path === '/token' && options.endpoints?.['/token'] === undefined) return issue(call)
    if (options.tokens && !admits(call)) return unauthorized
    const data = dataFor(call, records, options)
    const endpoint = options.endpoints?.[call.path] ?? builtIn[call.path]
    return endpoint?.(call, data) ?? childOfPath(call, data) ?? notFound
  }

  const server = createServer((request, response) => {
    mostAtOnce = Math.max(mostAtOnce, ++underWay)
    response.once('close', () => underWay--)
    void serve(request, response).catch(() => response.destroy())
  })
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = callOf(request, await text(request), calls.length + 1)
    calls.push(call)
    const fault = faultOf(call)
    if (typeof fault === 'object' && 'answer' in fault) return reply(response, fault.answer, undefined)
    const answer = answerTo(call)
    const isEdit = typeof fault === 'object' && 'edit' in fault
    await reply(response, isEdit ? fault.edit(answer, call) : answer, fault)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    calls,
    records,
    tokens,
    get underWay() {
      return underWay
    },
    get mostAtOnce() {
      return mostAtOnce
    },
    count: (path) => calls.filter((call) => call.path === path).length,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const builtIn: Readonly<Record<string, Endpoint>> = {
  ...pagingEndpoints,
  ...cursorEndpoints,
  ...oddEndpoints,
  ...childEndpoints,
}
const notFound: ApiAnswer = { ...jsonAnswer('{"error":"not found"}'), status: 404 }

function recordsOf({ records = 10 }: ApiOptions): readonly ApiRecord[] {
  return typeof records === 'number' ? apiRecords(records) : records
}

function callOf(request: IncomingMessage, body: string, number: number): ApiCall {
  const { method = 'GET', headers } = request
  const url = new URL(request.url ?? '/', `http://${headers.host ?? 'localhost'}`)
  return { number, method, url, path: url.pathname, query: url.searchParams, headers, body, at: performance.now() }
}

function dataFor(call: ApiCall, all: readonly ApiRecord[], options: ApiOptions): ApiData {
  const records = filtered(all, call.query)
  const sizes = call.query.has('per_page') ? [numberIn(call, 'per_page', 1)] : [options.pageSize ?? 3].flat()
  const starts = [0]
  for (let i = 0; (starts.at(-1) ?? 0) < records.length; i++) {
    starts.push((starts.at(-1) ?? 0) + (sizes[i] ?? Math.max(1, sizes.at(-1) ?? 1)))
  }
  const page = (index: number) => (index < starts.length - 1 ? records.slice(starts[index], starts[index + 1]) : [])
  return { records, page, pages: Math.max(1, starts.length - 1), childrenPer: options.childrenPer ?? 2 }
}
