import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { JsonObject } from '../../singer/json.js'
import type { Log } from '../../singer/log.js'
import { problemsOf } from '../../singer/validate.js'
import { type Config, settings } from '../../target-s3-csv/config.js'
import { target } from '../../target-s3-csv/target.js'

/** The settings with their defaults, as a run gets them. */
export async function configOf(given: object): Promise<Config> {
  const config = JSON.parse(JSON.stringify(given))
  const problems = await problemsOf(config, settings)
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return config
}

export interface Loaded {
  /** In the order of their printing. */
  readonly states: string[]
  readonly logged: string[]
  readonly records: Map<string, number>
}

/** A run in this process. Each text is a block of messages; the empty one is a second without input. */
export async function load(
  given: object,
  blocks: Iterable<string> | AsyncIterable<string>,
  signal: AbortSignal = new AbortController().signal,
): Promise<Loaded> {
  const loaded: Loaded = { states: [], logged: [], records: new Map() }
  for await (const state of running(given, blocks, { signal, loaded })) loaded.states.push(state)
  return loaded
}

/** The same, state by state. */
export async function* running(
  given: object,
  blocks: Iterable<string> | AsyncIterable<string>,
  { signal, loaded }: { signal: AbortSignal; loaded: Loaded },
): AsyncGenerator<string> {
  const note = (message: string, fields?: JsonObject) =>
    void loaded.logged.push(fields ? `${message} ${JSON.stringify(fields)}` : message)
  const log: Log = { debug: note, info: note, warning: note, critical: note, redact() {} }
  const metrics = {
    count: (stream: string, records: number) =>
      void loaded.records.set(stream, (loaded.records.get(stream) ?? 0) + records),
  }
  yield* target.load(await configOf(given), buffers(blocks), { log, metrics, signal })
}

async function* buffers(blocks: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const block of blocks) yield Buffer.from(block)
}

export const schema = (stream: string, properties: object, key_properties: readonly string[] = []) =>
  line({ type: 'SCHEMA', stream, schema: { type: 'object', properties }, key_properties })
export const ids = (stream: string) => schema(stream, { id: { type: 'integer' } }, ['id'])
export const record = (stream: string, values: object) => line({ type: 'RECORD', stream, record: values })
export const state = (value: object) => line({ type: 'STATE', value })
export const version = (stream: string, number: number) => line({ type: 'ACTIVATE_VERSION', stream, version: number })

/** Records with the ids from `from` up to, but without, `to`. */
export const records = (stream: string, from: number, to: number, rest: object = {}): string =>
  Array.from({ length: to - from }, (_, n) => record(stream, { id: from + n, ...rest })).join('')

/** Rounds of 100 records of 900 bytes for each stream, and a state at the end. */
export function* inTurn(streams: readonly string[], rounds: number): Generator<string> {
  const text = 'm'.repeat(900)
  yield streams.map((stream) => schema(stream, { id: {}, text: {} })).join('')
  for (let round = 0; round < rounds; round++) {
    for (const stream of streams) yield records(stream, round * 100, (round + 1) * 100, { text })
  }
  yield state({ n: 1 })
}

function line(message: object): string {
  return `${JSON.stringify(message)}\n`
}

/** All files of a folder, hidden ones too, by their path in it; the timestamp of the run reads as T. */
export async function filesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  const read = await Promise.all(
    files.map(async (file) => {
      const path = join(file.parentPath, file.name)
      const bytes = await readFile(path)
      const name = path.slice(folder.length + 1).replace(/\d{8}T\d{6}/, 'T')
      return [name, (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()] as const
    }),
  )
  return Object.fromEntries(read.toSorted(([one], [other]) => byPart(one, other)))
}

/** `x.csv`, `x-2.csv`, …, `x-10.csv`. */
function byPart(one: string, other: string): number {
  const [a, b] = [one, other].map((name) => name.replace(/-T(?=\.)/, '-T-1'))
  return (a ?? '').localeCompare(b ?? '', 'en', { numeric: true })
}
