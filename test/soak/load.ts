import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseJson, type State } from '../../singer/index.js'
import { isObject } from '../../singer/json.js'
import { bin, type Finished, type Pipeline, startPipe, uncovered, writeJson } from '../support/bins.js'
import type { SqlServer } from '../support/sql-server.js'
import type { Method } from './expected.js'
import type { Place } from './place.js'

/** One stream on its way from a server to a place, run by run, with the state file between the runs. */
export interface Load {
  /** The state file's content, undefined before the first state. */
  state(): Promise<State | undefined>
  run(kill?: Kill): Promise<Ended>
}

/** A signal to one end of the pipe, so long after the tap has written so many bytes. */
export interface Kill {
  readonly victim: 'tap' | 'target'
  readonly signal: 'SIGKILL' | 'SIGTERM'
  readonly afterBytes: number
  readonly afterMs: number
}

export interface Ended {
  readonly tap: Finished
  readonly target: Finished
  readonly durationMs: number
  /** What the tap was seen to write. */
  readonly bytes: number
}

export interface LoadOptions {
  readonly server: SqlServer
  readonly stream: string
  readonly method: Method
  readonly place: Place
  /** For settings and state. */
  readonly folder: string
  /** Settings beyond those that lead to the server and the place. */
  readonly tapConfig?: Readonly<Record<string, unknown>>
  readonly targetConfig?: Readonly<Record<string, unknown>>
  /** After this time both ends are killed: whatever hangs has lost. */
  readonly timeoutMs?: number
}

export async function prepareLoad({
  server,
  stream,
  method,
  place,
  folder,
  timeoutMs,
  ...options
}: LoadOptions): Promise<Load> {
  await mkdir(folder, { recursive: true })
  const key = method === 'INCREMENTAL' ? { 'replication-key': 'updated_at' } : {}
  const selection = { select: [`${stream}.*`], metadata: { [stream]: { 'replication-method': method, ...key } } }
  const tapConfig = { ...server.config, ...selection, ...options.tapConfig }
  const tapFile = await writeJson(join(folder, 'tap.json'), tapConfig)
  const targetFile = await writeJson(join(folder, 'target.json'), { ...place.config, ...options.targetConfig })
  const stateFile = join(folder, 'state.json')
  return {
    async state() {
      if (!existsSync(stateFile)) return undefined
      const state = parseJson(await readFile(stateFile, 'utf8'))
      if (!isObject(state)) throw new Error('the state file holds no object')
      return state
    },
    run(kill) {
      const state = existsSync(stateFile) ? ['--state', stateFile] : []
      const tap = [...bin('tap-mysql'), '--config', tapFile, ...state]
      const target = [...bin('target-s3-csv'), '--config', targetFile, '--state-out', stateFile]
      return runToEnd({ tap, target, timeoutMs: timeoutMs ?? 120_000 }, kill)
    },
  }
}

interface Commands {
  readonly tap: readonly string[]
  readonly target: readonly string[]
  readonly timeoutMs: number
}

async function runToEnd(commands: Commands, kill?: Kill): Promise<Ended> {
  const start = performance.now()
  const { timeoutMs } = commands
  const pipe = await startPipe(commands.tap, commands.target, { timeoutMs, env: uncovered })
  const finished = Promise.all([pipe.tap.finished, pipe.target.finished])
  const over = new AbortController()
  const [bytes, [tap, target]] = await Promise.all([
    watch(pipe, over.signal, kill),
    finished.finally(() => over.abort()),
  ])
  return { tap, target, durationMs: performance.now() - start, bytes }
}

async function watch(pipe: Pipeline, over: AbortSignal, kill?: Kill): Promise<number> {
  let bytes = 0
  let hasReached = false
  let timer: NodeJS.Timeout | undefined
  for (; !over.aborted; await sleep(2)) {
    bytes = Math.max(bytes, writtenBytes(pipe.tap.child.pid))
    if (!kill || hasReached || (bytes < kill.afterBytes && pipe.tap.child.exitCode === null)) continue
    hasReached = true
    timer = setTimeout(() => pipe[kill.victim].child.kill(kill.signal), kill.afterMs)
  }
  clearTimeout(timer)
  return bytes
}

/** 0 where there is no /proc, and once the process is gone. */
function writtenBytes(pid: number | undefined): number {
  try {
    return Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
