import { deserialize } from 'bson'
import type { JsonObject, Message, RecordLines, State } from '../../../singer/index.js'
import { parseJson } from '../../../singer/json.js'
import { bookmarkOf } from '../../../singer/state.js'
import { syncLogBased } from '../../../tap-mongo/log-based.js'
import { type RecordedLog, recordedLog } from '../../singer/recorded-log.js'
import { type Changes, type ChangesOptions, changeStreams } from '../../support/mongo/changes.js'
import { startScripted } from '../../support/mongo/scripted.js'
import type { Scripted, ScriptedOptions } from '../../support/mongo/types.js'
import { type Given, opened, streamOf, withDeployment } from '../connecting.js'

export interface Scene {
  readonly server: Scripted
  readonly changes: Changes
}

export async function withServer<T>(
  { changes = {}, ...options }: ScriptedOptions & { readonly changes?: ChangesOptions },
  use: (scene: Scene) => Promise<T>,
): Promise<T> {
  const server = await startScripted(options)
  try {
    return await use({ server, changes: changeStreams(server, changes) })
  } finally {
    await server.close()
  }
}

export interface Reading extends Given {
  /** `database.collection`; those of `shop` without it. */
  readonly streams: readonly string[]
  readonly state?: State
  /** Told of each message before the next one is asked for; false ends the run there, as a kill would. */
  readonly each?: (message: Message) => Each | Promise<Each>
}

type Each = boolean | undefined

export interface Read {
  readonly messages: readonly Message[]
  /** The last one. */
  readonly state: State
  /** What the run failed with. */
  readonly problem: string | undefined
  readonly log: RecordedLog
}

/** One run of the tap's LOG_BASED streams. */
export async function read(server: { readonly uri: string }, reading: Reading): Promise<Read> {
  const { streams, state = {}, each = () => true, log = recordedLog(), ...given } = reading
  const settings = { await_time_ms: 50, ...given.settings }
  return withDeployment(server, { ...given, settings, log }, async (common) => {
    const messages: Message[] = []
    const followed = streams.map((name) => {
      const stream = streamOf(...placeOf(name), { replicationMethod: 'LOG_BASED' })
      return { id: stream.id, open: () => opened(common, stream) }
    })
    const ended = (problem?: string): Read => ({ messages, state: lastState(messages) ?? state, problem, log })
    try {
      for await (const message of syncLogBased(followed, state, common)) {
        for (const one of decoded(message)) {
          messages.push(one)
          if ((await each(one)) === false) return ended()
        }
      }
      return ended()
    } catch (problem) {
      return ended(problem instanceof Error ? problem.message : String(problem))
    }
  })
}

export function placeOf(name: string): [string, string] {
  const [database = '', collection] = name.split('.')
  return collection === undefined ? ['shop', database] : [database, collection]
}

function decoded(message: Message | RecordLines): Message[] {
  if (message.type !== 'RECORD_LINES') return [message]
  const lines = message.lines.toString().trimEnd().split('\n')
  return lines.map((line) => parseJson(line) as unknown as Message)
}

function lastState(messages: readonly Message[]): State | undefined {
  return states(messages).at(-1)
}

export function states(messages: readonly Message[]): State[] {
  return messages.flatMap((message) => (message.type === 'STATE' ? [message.value] : []))
}

export function recordsOf(messages: readonly Message[], stream?: string): JsonObject[] {
  return messages.flatMap((message) =>
    message.type === 'RECORD' && (stream === undefined || message.stream === stream) ? [message.record] : [],
  )
}

export function typesOf(messages: readonly Message[]): string[] {
  return messages.map(({ type }) => type)
}

/** `t.i` of the token's time in the bookmark of a stream. */
export function tokenTime(state: State, id: string): number {
  const { resume_token_time: time } = bookmarkOf(state, id) as { resume_token_time?: { t: number; i: number } }
  return time ? time.t + time.i / 1e6 : 0
}

/** What a target holds after these messages: by `_id` the last record, without those that are deleted or of older versions. */
export class Replica {
  readonly #rows = new Map<string, { readonly version: unknown; readonly record: JsonObject }>()

  take(message: Message, stream: string): void {
    if (message.type === 'ACTIVATE_VERSION' && message.stream === stream) {
      for (const [id, { version }] of this.#rows) if (version !== message.version) this.#rows.delete(id)
    }
    if (message.type !== 'RECORD' || message.stream !== stream) return
    const id = JSON.stringify(message.record._id)
    if (message.record._sdc_deleted_at) this.#rows.delete(id)
    else this.#rows.set(id, { version: message.version, record: message.record })
  }

  get documents(): JsonObject[] {
    return sorted([...this.#rows.values()].map(({ record: { _sdc_deleted_at: dropped, ...document } }) => document))
  }
}

export function replicaOf(messages: readonly Message[], stream: string): JsonObject[] {
  const replica = new Replica()
  for (const message of messages) replica.take(message, stream)
  return replica.documents
}

/** What the server holds. */
export function stored(server: Scripted, name: string): JsonObject[] {
  return sorted(server.documents(...placeOf(name)).map((document) => deserialize(document) as JsonObject))
}

function sorted(documents: readonly JsonObject[]): JsonObject[] {
  return [...documents].sort((a, b) => Number(a._id) - Number(b._id))
}

export function numbered(from: number, to: number): { _id: number; v: number }[] {
  return Array.from({ length: to - from }, (_, i) => ({ _id: from + i, v: 0 }))
}
