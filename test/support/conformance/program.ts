import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { isObject, type JsonObject, jsonText, parseJson } from '../../../singer/json.js'
import { type BinOptions, type Finished, type Running, startProgram } from '../bins.js'

/** A tap or a target as its users meet it: a command line. */
export interface Program {
  /** Program and first arguments. */
  readonly command: readonly string[]
  /** As `--about` says it: `tap-mysql`. */
  readonly name: string
  /** The JSON Schemas of its settings by name, as `--about` says them. */
  readonly settings: Readonly<Record<string, JsonObject>>
  /** Settings that work, and the name of one among them that must never be printed. */
  readonly config: JsonObject
  readonly secret: string
  /** What one `work` moves. */
  readonly worked: { readonly stream: string; readonly records: number }
  /** To its end, with these arguments only. */
  run(args: readonly string[], options?: BinOptions): Promise<Finished>
  /** A short run over a few records that must go well. */
  work(options?: WorkOptions): Promise<Finished>
  /** Writes a JSON value, or a text as it is, into a file that is removed in the end; returns its path. */
  file(content: JsonObject | string): Promise<string>
  close(): Promise<void>
}

export interface WorkOptions extends Omit<BinOptions, 'input'> {
  /** In place of `--config FILE`. */
  readonly settings?: readonly string[]
  readonly args?: readonly string[]
}

type Opened = Pick<Program, 'command' | 'name' | 'settings' | 'run' | 'file' | 'close'>

/** Asks the program who it is. The rest of `Program` is what a tap and a target do differently. */
export async function openProgram(command: readonly string[]): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'tapline-'))
  let files = 0
  const run = (args: readonly string[], options: BinOptions = {}) =>
    startCommand([...command, ...args], options).finished
  const about = parseJson((await run(['--about', '--format', 'json'])).stdout.toString())
  const schema = isObject(about) && isObject(about.settings) ? about.settings.properties : undefined
  return {
    command,
    name: isObject(about) ? String(about.name) : '',
    settings: isObject(schema) ? onlyObjects(schema) : {},
    run,
    async file(content) {
      const path = join(folder, `${++files}.json`)
      await writeFile(path, typeof content === 'string' ? content : jsonText(content))
      return path
    },
    close: () => rm(folder, { recursive: true }),
  }
}

/** With `input`, else nothing, on stdin. */
export function startCommand(command: readonly string[], options: BinOptions = {}): Running {
  const running = startProgram(command, ['pipe', 'pipe', 'pipe'], options)
  running.child.stdin?.on('error', () => undefined)
  running.child.stdin?.end(options.input ?? '')
  return running
}

/** `tap-mysql`, `host` → `TAP_MYSQL_HOST`. */
export function envName(program: Program, setting: string): string {
  return `${program.name}_${setting}`.replaceAll('-', '_').toUpperCase()
}

/** Went well, and says nothing that Meltano would take for a failure. */
export function expectGood(finished: Finished): void {
  expect(finished.code, finished.stderr).to.equal(0)
  expect(finished.stderr).to.not.match(/error|exception/i)
}

/** Ended with this code; the last line begins with CRITICAL, names these things and is not a stack. */
export function expectFailure(finished: Finished, code: number, ...named: readonly (string | RegExp)[]): void {
  expect(finished.code, finished.stderr).to.equal(code)
  expect(finished.stderr).to.not.match(/^ {4}at /m)
  expect(linesOf(finished.stderr).at(-1)).to.match(/^CRITICAL /)
  for (const each of named) {
    expect(finished.stderr).to.match(typeof each === 'string' ? new RegExp(escaped(each)) : each)
  }
}

/** Ended by itself with this code, in seconds. */
export async function expectEnd({ child, finished }: Running, code: number): Promise<Finished> {
  const inTime = await Promise.race([finished, sleep(8000, undefined, { ref: false })])
  if (!inTime) child.kill('SIGKILL')
  expect(inTime, 'it ends within seconds').to.not.equal(undefined)
  expect(child.exitCode, (await finished).stderr).to.equal(code)
  return finished
}

/** Without the end of the last one. A text that does not end with a line feed has a last line of its own. */
export function linesOf(text: string | Buffer): string[] {
  const lines = text.toString().split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function onlyObjects(values: JsonObject): Record<string, JsonObject> {
  return Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (isObject(value) ? [[key, value]] : [])))
}
