import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Daemon {
  readonly port: number
  /** Ends the server and waits until its folder is gone. */
  stop(): Promise<void>
}

export interface DaemonOptions {
  readonly name: string
  /** Prepares the temporary folder and says what to run. The server's output goes to `folder/log`. */
  readonly command: (folder: string, port: number) => Promise<readonly string[]>
  readonly env?: NodeJS.ProcessEnv
  /** What ends it. KILL where it is absent: nothing of its data is needed any more. */
  readonly signal?: 'KILL' | 'TERM'
  readonly isReady: (port: number, log: string) => Promise<boolean>
}

const running = new Set<Daemon>()

// The shell waits beside the server. Its stdin is a pipe from this process: when that closes, for whatever reason (also
// kill -9), the server is ended and its folder removed.
const guard = `
  folder=$1 signal=$2; shift 2; exec 3<&0
  "$@" </dev/null >"$folder/log" 2>&1 & server=$!
  { read -r _; kill -$signal $server; } <&3 2>/dev/null &
  wait $server; tail -c 1000 "$folder/log"; rm -rf "$folder"`

/** Starts a server on a free port of 127.0.0.1, in a temporary folder, and waits until it is ready. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options)
    } catch (cause) {
      // Between our look at the port and the server's, somebody else may have taken it.
      if (attempt === 3 || !/address already in use/i.test(String(cause))) throw cause
    }
  }
}

/** Ends every server that this process started. */
export async function stopDaemons(): Promise<void> {
  await Promise.all([...running].map((daemon) => daemon.stop()))
}

async function startOnce(options: DaemonOptions): Promise<Daemon> {
  const folder = await mkdtemp(join(tmpdir(), 'tapline-'))
  const port = await freePort()
  const command = await options.command(folder, port).catch(async (cause: unknown) => {
    await rm(folder, { recursive: true })
    throw cause
  })
  const shell = spawn('/bin/sh', ['-c', guard, 'sh', folder, options.signal ?? 'KILL', ...command], {
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const lastWords = text(shell.stdout)
  const exited = once(shell, 'exit')
  const daemon: Daemon = {
    port,
    async stop() {
      running.delete(daemon)
      shell.stdin.destroy()
      await exited
    },
  }
  running.add(daemon)
  const ready = waitUntilReady(options, folder, port, () => running.has(daemon))
  const ended = lastWords.then((words) => {
    throw new Error(`${options.name} ended at its start:\n${words}`)
  })
  await Promise.race([ready, ended]).catch(async (cause: unknown) => {
    await daemon.stop()
    throw cause
  })
  return daemon
}

async function waitUntilReady(
  options: DaemonOptions,
  folder: string,
  port: number,
  isWanted: () => boolean,
): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline && isWanted(); await sleep(50)) {
    const log = await readFile(join(folder, 'log'), 'utf8').catch(() => '')
    if (await options.isReady(port, log)) return
  }
  throw new Error(`${options.name} was not ready after 60 s`)
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1')
  return address.port
}
