import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { projectFolder } from './cache.js'

/** What a program left behind. */
export interface Finished {
  /** As a shell counts: 128 + signal when it was killed. */
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
  /** The largest resident size that was seen, looked at each 20 ms; 0 where there is no /proc. */
  readonly peakMb: number
}

export interface BinOptions {
  /** Bytes for stdin; without it stdin is empty. */
  readonly input?: string | Buffer
  /** Beside the environment of the tests. */
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Killed (-9) after this time: then the code is 137. */
  readonly timeoutMs?: number
}

/** For programs whose memory is measured: to count what is covered takes 10 MB and more. */
export const uncovered: NodeJS.ProcessEnv = { NODE_V8_COVERAGE: undefined }

/** A program under way. */
export interface Running {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
}

export const bin = (name: string): readonly string[] => [process.execPath, join(projectFolder, 'dist', name, 'main.js')]

/** Runs `tap-mysql`, `target-s3-csv` or another bin to its end. */
export function runBin(name: string, args: readonly string[], options: BinOptions = {}): Promise<Finished> {
  return startBin(name, args, options).finished
}

export function startBin(name: string, args: readonly string[], options: BinOptions = {}): Running {
  const running = startProgram([...bin(name), ...args], ['pipe', 'pipe', 'pipe'], options)
  // A program that does not read its input to the end is a finding of its own, not a failure of this pipe.
  running.child.stdin?.on('error', () => undefined)
  running.child.stdin?.end(options.input ?? '')
  return running
}

/** Both ends of a shell's `tap | target`, joined by a pipe of the kernel. */
export interface Pipeline {
  readonly tap: Running
  readonly target: Running
}

export async function startPipe(
  tap: readonly string[],
  target: readonly string[],
  options: Omit<BinOptions, 'input'> = {},
): Promise<Pipeline> {
  const { reader, writer } = await kernelPipe()
  const pipeline = {
    tap: startProgram(tap, ['ignore', writer, 'pipe'], options),
    target: startProgram(target, [reader, 'pipe', 'pipe'], options),
  }
  closeSync(reader)
  closeSync(writer)
  return pipeline
}

/** `tap-mysql ARGS | target-s3-csv ARGS` to the end of both. */
export async function runPipe(
  tapArgs: readonly string[],
  targetArgs: readonly string[],
  options: Omit<BinOptions, 'input'> = {},
): Promise<{ tap: Finished; target: Finished }> {
  const pipe = await startPipe([...bin('tap-mysql'), ...tapArgs], [...bin('target-s3-csv'), ...targetArgs], options)
  const [tap, target] = await Promise.all([pipe.tap.finished, pipe.target.finished])
  return { tap, target }
}

/** A temporary folder for one test, removed afterwards: `await withFolder(async (folder) => …)`. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tapline-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes a settings file, catalog or state and returns its path. */
export async function writeJson(path: string, value: unknown): Promise<string> {
  await writeFile(path, JSON.stringify(value))
  return path
}

type Stdio = readonly ['pipe' | 'ignore' | number, 'pipe' | 'ignore' | number, 'pipe' | number]

/** For what the others do not offer: a stdin that stays open, a stdout that nobody reads. `input` is not looked at. */
export function startProgram(
  command: readonly string[],
  stdio: Stdio,
  options: Omit<BinOptions, 'input'> = {},
): Running {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: options.cwd ?? projectFolder,
    env: { ...process.env, ...options.env },
    stdio: [...stdio],
  })
  return { child, finished: finish(child, options.timeoutMs ?? 120_000) }
}

async function finish(child: ChildProcess, timeoutMs: number): Promise<Finished> {
  let peakMb = 0
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, residentMb(child.pid))
  }, 20)
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  try {
    const [stdout, stderr, [code, signal]] = await Promise.all([
      child.stdout ? buffer(child.stdout) : Buffer.alloc(0),
      child.stderr ? text(child.stderr) : '',
      once(child, 'exit'),
    ])
    return { code: code ?? 128 + (signals[String(signal)] ?? 0), stdout, stderr, peakMb }
  } finally {
    clearInterval(watch)
    clearTimeout(timer)
  }
}

const signals: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGPIPE: 13, SIGTERM: 15 }

/** VmHWM: the kernel keeps the maximum, so only the last moments before the end go unseen. */
function residentMb(pid: number | undefined): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
    return Math.round(Number(kilobytes ?? 0) / 1024)
  } catch {
    return 0
  }
}

/** Node's own 'pipe' is a pair of sockets. A named pipe, opened at both ends and unlinked, is what a shell makes. */
export async function kernelPipe(): Promise<{ reader: number; writer: number }> {
  return withFolder(async (folder) => {
    const path = join(folder, 'pipe')
    execFileSync('mkfifo', [path])
    const both = openSync(path, constants.O_RDWR)
    const reader = openSync(path, constants.O_RDONLY)
    const writer = openSync(path, constants.O_WRONLY)
    closeSync(both)
    return { reader, writer }
  })
}
