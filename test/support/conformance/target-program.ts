import { expect } from 'chai'
import type { JsonObject } from '../../../singer/json.js'
import type { BinOptions, Finished } from '../bins.js'
import { expectGood, linesOf, openProgram, type Program } from './program.js'

/** What a new target brings along to get all its tests. */
export interface TargetBackend {
  /** Program and first arguments: `bin('target-s3-csv')`. */
  readonly command: readonly string[]
  /** A new, empty place to load into. */
  newPlace(): Promise<Place>
  /** The setting that must never be printed; every place's `config` holds it. */
  readonly secret: string
  /** Settings under which two records of a stream are enough to be made durable. */
  readonly smallFlushes: JsonObject
  /** Settings under which a record waits a second at most. */
  readonly timedFlushes: JsonObject
  tearDown?(): Promise<void>
}

export interface Place {
  readonly config: JsonObject
  /** What has durably arrived of a stream, in the order of its making. Values as texts, null where there is none. */
  read(stream: string): Promise<readonly Piece[]>
  /** What only a run in trouble leaves behind: temporary files, uploads without an end. */
  leftovers(): Promise<readonly string[]>
  /** From now on nothing of this stream can be made durable. Absent where a place cannot be told so. */
  refuse?(stream: string): Promise<void>
}

/** One object, file or table. */
export interface Piece {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}

export interface TargetProgram extends Program {
  readonly backend: TargetBackend
  load(input: string | Buffer, options?: LoadOptions): Promise<Loaded>
  /** The command line for a place, for runs that need their own stdin. */
  commandFor(config: JsonObject, args?: readonly string[]): Promise<readonly string[]>
}

export interface LoadOptions extends Omit<BinOptions, 'input'> {
  readonly place?: Place
  /** Beside the place's. */
  readonly config?: JsonObject
  readonly args?: readonly string[]
  /** 0 unless another one is expected. */
  readonly code?: number
}

export interface Loaded extends Finished {
  readonly place: Place
  /** Lines of stdout. */
  readonly states: readonly string[]
}

export async function openTarget(backend: TargetBackend): Promise<TargetProgram> {
  const program = await openProgram(backend.command)
  const everyday = await backend.newPlace()
  const commandFor: TargetProgram['commandFor'] = async (config, args = []) => [
    ...backend.command,
    '--config',
    await program.file(config),
    ...args,
  ]
  return {
    ...program,
    config: everyday.config,
    secret: backend.secret,
    worked: { stream: 'everyday', records: 3 },
    backend,
    commandFor,
    async work(options = {}) {
      const settings = options.settings ?? ['--config', await program.file(everyday.config)]
      return program.run([...settings, ...(options.args ?? [])], { ...options, input: everydayInput })
    },
    async load(input, { place: given, config = {}, args = [], code = 0, ...options } = {}) {
      const place = given ?? (await backend.newPlace())
      const [, ...rest] = await commandFor({ ...place.config, ...config }, args)
      const finished = await program.run(rest.slice(backend.command.length - 1), { ...options, input })
      if (code === 0) expectGood(finished)
      expect(finished.code, finished.stderr).to.equal(code)
      return { ...finished, place, states: linesOf(finished.stdout) }
    },
  }
}

/** Messages as lines; a text is a line as it is. */
export function wire(...messages: readonly (object | string)[]): string {
  return messages.map((each) => `${typeof each === 'string' ? each : JSON.stringify(each)}\n`).join('')
}

export function schema(stream: string, properties: object, key_properties: readonly string[] = []) {
  return { type: 'SCHEMA', stream, schema: { type: 'object', properties }, key_properties }
}

export function record(stream: string, values: object) {
  return { type: 'RECORD', stream, record: values }
}

export function state(value: object) {
  return { type: 'STATE', value }
}

export const integer = { type: ['null', 'integer'] }
export const string = { type: ['null', 'string'] }

/** Rows of all pieces. */
export async function rowsOf(place: Place, stream: string) {
  return (await place.read(stream)).flatMap(({ rows }) => rows)
}

const everydayInput = wire(
  schema('everyday', { id: integer, note: string }, ['id']),
  ...[1, 2, 3].map((id) => record('everyday', { id, note: `note ${id}` })),
  state({ bookmarks: { everyday: { replication_key: 'id', replication_key_value: 3 } } }),
)
