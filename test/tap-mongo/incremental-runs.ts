import type { Stream } from '../../singer/catalog.js'
import {
  type JsonObject,
  type Message,
  parseJson,
  type RecordLines,
  type State,
  stableText,
} from '../../singer/index.js'
import { asObject } from '../../singer/json.js'
import { syncIncremental } from '../../tap-mongo/incremental.js'
import { recordedLog } from '../singer/recorded-log.js'
import { type Given, opened, withDeployment } from './connecting.js'

export interface Options extends Given {
  readonly state?: State | undefined
  /** Called for each message before the next is pulled; `stop`: nothing more is pulled, as when the process is killed. */
  readonly watch?: (message: Message | RecordLines) => 'stop' | undefined | Promise<undefined>
}

export interface Run {
  /** Of messages but SCHEMA; RECORD_LINES in a row count once. */
  readonly types: readonly string[]
  readonly records: readonly JsonObject[]
  readonly versions: readonly number[]
  readonly states: readonly State[]
  /** The last one, or the one given; written and read again. */
  readonly state: State | undefined
  readonly log: string
}

/** One INCREMENTAL run of one stream. */
export async function run(server: { readonly uri: string }, stream: Stream, options: Options = {}): Promise<Run> {
  const log = recordedLog()
  const types: string[] = []
  const records: JsonObject[] = []
  const versions = new Set<number>()
  const states: State[] = []
  await withDeployment(server, { log, ...options }, async (common) => {
    const { source, writer } = await opened(common, { replicationMethod: 'INCREMENTAL', ...stream })
    for await (const message of syncIncremental(source, writer, options.state ?? {})) {
      if (message.type !== 'SCHEMA' && !(types.at(-1) === 'RECORD_LINES' && message.type === 'RECORD_LINES'))
        types.push(message.type)
      if (message.type === 'RECORD_LINES') {
        for (const line of message.lines.toString().split('\n').slice(0, -1)) {
          const { record, version } = asObject(parseJson(line))
          records.push(asObject(record))
          if (typeof version === 'number') versions.add(version)
        }
      }
      if (message.type === 'STATE') states.push(asObject(parseJson(stableText(message.value))))
      if ((await options.watch?.(message)) === 'stop') return
    }
  })
  const state = states.at(-1) ?? options.state
  return { types, records, versions: [...versions], states, state, log: log.lines.join('\n') }
}

export function ids({ records }: Pick<Run, 'records'>): string[] {
  return records.map(({ _id }) => stableText(_id ?? null))
}

export function bookmark(state: State | undefined, { id }: Pick<Stream, 'id'>): JsonObject {
  return asObject(asObject(state?.bookmarks)[id])
}

export function atFirstState(message: { readonly type: string }): 'stop' | undefined {
  return message.type === 'STATE' ? 'stop' : undefined
}

/** Runs until one sends nothing and leaves the state as it was; each is killed at its first STATE. */
export async function killedRuns(server: { readonly uri: string }, stream: Stream, options: Options): Promise<Run[]> {
  const runs: Run[] = []
  let state = options.state
  for (let unchanged = 0; unchanged < 2; ) {
    const one = await run(server, stream, { ...options, state, watch: atFirstState })
    unchanged = one.records.length === 0 ? unchanged + 1 : 0
    runs.push(one)
    state = one.state
  }
  return runs
}

/** A state with this bookmark. */
export function stored({ id }: Pick<Stream, 'id'>, value: JsonObject): State {
  return { bookmarks: { [id]: value } }
}
