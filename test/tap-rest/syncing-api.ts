import type { Json, JsonObject, Message, RecordLines, State, Stream } from '../../singer/index.js'
import { parseJson } from '../../singer/index.js'
import { isObject } from '../../singer/json.js'
import type { StatePace } from '../../singer/state-clock.js'
import type { StreamPlan } from '../../tap-rest/settings/plan.js'
import { syncStream } from '../../tap-rest/sync/sync-stream.js'
import { parseInstant } from '../../tap-rest/sync/times.js'
import type { Api } from '../support/api-server.js'
import { connectionTo, type LoggedLine, withClient } from './sending.js'
import { streamOf } from './syncing.js'

export interface Syncing {
  readonly state?: State
  readonly stream?: Partial<Stream>
  readonly startedAt?: string
  readonly pace?: StatePace
  /** Called for each message before the next is pulled. */
  readonly watch?: (message: Wire) => 'abort' | undefined
}

export type Wire = Exclude<Message, { type: 'RECORD' }> | WireRecord
export interface WireRecord {
  readonly type: 'RECORD'
  readonly record: JsonObject
  readonly version?: number
}

export interface Synced {
  readonly messages: readonly Wire[]
  readonly records: readonly JsonObject[]
  readonly ids: readonly Json[]
  /** `/path?query` of what was asked. */
  readonly asked: readonly string[]
  readonly lines: readonly LoggedLine[]
  readonly state: State
  readonly failure?: Error
}

/** Syncs the last of these streams, whose parents are the others, through the real client. */
export async function syncs(api: Api, plans: readonly StreamPlan[], syncing: Syncing = {}): Promise<Synced> {
  const { state = {}, startedAt = '2030-01-01T00:00:00Z', pace, watch } = syncing
  const plan = plans.at(-1)
  if (!plan) throw new Error('no stream')
  const stream = streamOf(plan, syncing.stream)
  const before = api.calls.length
  const messages: Wire[] = []
  const abort = new AbortController()
  return withClient(api.url, { signal: abort.signal }, async (client, context) => {
    const streams = new Map(plans.map((each) => [each.name, each]))
    const run = {
      plan: { connection: connectionTo(api.url), streams },
      startedAt: parseInstant(startedAt) ?? { units: 0n, scale: 0 },
      ...{ client, context },
      ...(pace && { pace }),
    }
    let failure: unknown
    try {
      for await (const message of syncStream(stream, state, run)) {
        for (const each of wire(message)) {
          messages.push(each)
          if (watch?.(each) === 'abort') abort.abort(new Error('stopped'))
        }
      }
    } catch (problem) {
      failure = problem
    }
    const records = messages.flatMap((message) => (message.type === 'RECORD' ? [message.record] : []))
    const states = messages.flatMap((message) => (message.type === 'STATE' ? [message.value] : []))
    return {
      ...{ messages, records, lines: context.lines },
      ids: records.map(({ id }) => id ?? null),
      asked: api.calls.slice(before).map(({ url }) => `${url.pathname}${url.search}`),
      state: states.at(-1) ?? state,
      ...(failure instanceof Error ? { failure } : {}),
    }
  })
}

function wire(message: Message | RecordLines): Wire[] {
  if (message.type === 'RECORD') return []
  if (message.type !== 'RECORD_LINES') return [message]
  const lines = message.lines.toString().split('\n').slice(0, -1)
  return lines.map((line: string) => {
    const parsed = parseJson(line)
    if (!isObject(parsed) || !isObject(parsed.record)) throw new Error(`no RECORD: ${line}`)
    const { record, version } = parsed
    return { type: 'RECORD', record, ...(typeof version === 'number' && { version }) }
  })
}
