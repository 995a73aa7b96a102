import type { Json } from '../../singer/index.js'
import { parseJson } from '../../singer/index.js'
import type { SendPolicy } from '../../tap-rest/http/client.js'
import type { HttpRequest, RequestBody } from '../../tap-rest/http/http.js'
import { assertAllowed } from '../../tap-rest/http/origin.js'
import { openPageReader } from '../../tap-rest/page/page-reader.js'
import type { Detected } from '../../tap-rest/paging/detect.js'
import { pagingFields, readPages } from '../../tap-rest/paging/pages.js'
import type { Turn } from '../../tap-rest/paging/paginator.js'
import type { ConnectionPlan, Paginate, PaginateKind, Path } from '../../tap-rest/settings/plan.js'
import type { Api } from '../support/api-server.js'
import { connectionTo, type LoggedLine, policyOf, withClient } from './sending.js'

type Rules = Partial<Omit<Paginate, 'kind'>>

export interface Sequence {
  readonly paginate: PaginateKind & Rules
  /** The path of the records; `auto` by default. */
  readonly records?: string
  readonly body?: Json
  readonly headers?: HttpRequest['headers']
  /** `id` by default. */
  readonly primaryKey?: readonly Path[]
  readonly isAhead?: boolean
  readonly connection?: Partial<ConnectionPlan>
  readonly policy?: Partial<SendPolicy>
  /** Called with each page before the next one is asked for; false stops. */
  use?(turn: Turn): Promise<boolean | undefined> | boolean | undefined
  /** Called when nothing more is read, and the client is still open. */
  ended?(): Promise<void>
}

export interface Pages {
  /** In the order of arrival. */
  readonly ids: readonly string[]
  readonly texts: readonly string[]
  /** How many records each page has. */
  readonly sizes: readonly number[]
  /** The URL's path and query of each request. */
  readonly asked: readonly string[]
  readonly lines: readonly LoggedLine[]
  readonly failure?: Error
  readonly detected?: Detected
}

/** As they are when the settings say nothing of them. */
export const rules = { emptyPageContinues: false, shortPageStops: false }
const stream = 'issues'

/** Reads a sequence of the fake API with the real client, to its end or to its failure. */
export async function readSequence(api: Api, path: string, options: Sequence): Promise<Pages> {
  return withClient(api.url, { connection: options.connection ?? {} }, async (client, context) => {
    const { primaryKey = [['id']], isAhead = true } = options
    const paginate: Paginate = { ...rules, ...options.paginate }
    const wanted = pagingFields(primaryKey, paginate)
    const records = { path: options.records ?? 'auto', isOptional: false }
    const reader = await openPageReader({ stream, records, format: 'auto', wanted })
    const connection = connectionTo(api.url, options.connection)
    const turns: { sizes: number[]; texts: string[] } = { sizes: [], texts: [] }
    let detected: Detected | undefined
    const paging = {
      ...{ stream, paginate, primaryKey, wanted, reader, client, isAhead },
      policy: policyOf(options.policy),
      log: context.log,
      assertAllowed: (url: URL) => assertAllowed(url, connection),
      found: (found: Detected) => {
        detected = found
      },
    }
    let failure: Error | undefined
    try {
      for await (const turn of readPages(requestTo(api, path, options), paging)) {
        turns.sizes.push(turn.page.count)
        for (let i = 0; i < turn.page.count; i++) turns.texts.push(turn.page.record(i).toString())
        if ((await options.use?.(turn)) === false) break
      }
    } catch (problem) {
      failure = problem instanceof Error ? problem : new Error(String(problem))
    }
    await options.ended?.()
    return {
      ...turns,
      ids: turns.texts.map(idOf),
      asked: api.calls.map(({ url }) => `${url.pathname}${url.search}`),
      lines: context.lines,
      ...(failure && { failure }),
      ...(detected && { detected }),
    }
  })
}

function requestTo(api: Api, path: string, { body, headers = {} }: Sequence): HttpRequest {
  const url = new URL(`${api.url}${path}`)
  const json: RequestBody | undefined = body === undefined ? undefined : { type: 'json', value: body }
  return { method: json ? 'POST' : 'GET', url, headers, ...(json && { body: json }) }
}

const idOf = (text: string): string => /"id":("?)([^,"}]+)\1/.exec(text)?.[2] ?? ''

export const allIds = (api: Api): string[] => api.records.map(({ id }) => id)

export const bodies = (api: Api): Json[] => api.calls.map(({ body }) => parseJson(body))
