import { join } from 'node:path'
import { isObject, type Json, type JsonObject, jsonText, parseJson } from '../../singer/json.js'
import {
  type BinOptions,
  bin,
  type Finished,
  type Running,
  startProgram,
  withFolder,
  writeJson,
} from '../support/bins.js'

export interface Given {
  readonly state?: object | undefined
  readonly catalog?: object
  readonly args?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly timeoutMs?: number
}

/** What a run of the bin said. */
export interface Ran extends Finished, Said {
  /** The lines of this level, without the counting last one of a run that failed. */
  criticals: readonly string[]
}

export interface Said {
  /** Ids of the records by stream, as their texts, in the order of their lines. */
  readonly ids: ReadonlyMap<string, readonly string[]>
  readonly states: readonly JsonObject[]
  /** All complete lines but those of records. */
  readonly others: readonly string[]
}

/** `tap-rest --config …` to its end. */
export async function run(settings: object, given: Given = {}): Promise<Ran> {
  return start(settings, given, ({ finished }) => finished)
}

/** The same, with somebody beside it. */
export async function start(
  settings: object,
  given: Given,
  use: (running: Running) => Promise<Finished>,
): Promise<Ran> {
  return withFolder(async (folder) => {
    const command = [...bin('tap-rest'), ...(await argumentsIn(folder, settings, given))]
    const options: Omit<BinOptions, 'input'> = { ...given, cwd: folder }
    const finished = await use(startProgram(command, ['ignore', 'pipe', 'pipe'], options))
    return { ...finished, ...saidIn(finished.stdout.toString()), criticals: criticalsIn(finished.stderr) }
  })
}

export async function argumentsIn(folder: string, settings: object, { state, catalog, args = [] }: Given) {
  const files = Object.entries({ config: settings, state, catalog })
  const given = files.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))
  const named = await Promise.all(
    given.map(async ({ name, value }) => [`--${name}`, await writeJson(join(folder, `${name}.json`), value)]),
  )
  return [...named.flat(), ...args]
}

/** Half a line at the end, as of a program that was killed, says nothing. */
export function saidIn(output: string): Said {
  const ids = new Map<string, string[]>()
  const states: JsonObject[] = []
  const others: string[] = []
  for (const line of output.split('\n').slice(0, -1)) {
    const message = parseJson(line)
    if (!isObject(message)) throw new Error(`no message: ${line}`)
    if (message.type === 'RECORD') add(ids, String(message.stream), idOf(message.record))
    else others.push(line)
    if (message.type === 'STATE' && isObject(message.value)) states.push(message.value)
  }
  return { ids, states, others }
}

function add(ids: Map<string, string[]>, stream: string, id: string): void {
  const known = ids.get(stream)
  if (known) known.push(id)
  else ids.set(stream, [id])
}

function idOf(record: Json | undefined): string {
  const id = isObject(record) ? record.id : undefined
  return typeof id === 'string' ? id : jsonText(id ?? null)
}

function criticalsIn(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line.startsWith('CRITICAL') && !/ of \d+ streams failed: /.test(line))
}
