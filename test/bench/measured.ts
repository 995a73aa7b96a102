import { once } from 'node:events'
import { join } from 'node:path'
import { startProgram } from '../support/bins.js'
import { projectFolder } from '../support/cache.js'
import type { Measured } from './contest.js'

const hour = 3_600_000

/** A program of this folder. */
export function program(name: string): readonly string[] {
  return [process.execPath, join(projectFolder, 'dist/test/bench', `${name}.js`)]
}

/** Runs a command, whose output is thrown away, that reads so many rows. */
export async function measure(command: readonly string[], rows: number): Promise<Measured> {
  const started = performance.now()
  const { code, stderr, peakMb } = await startProgram(command, ['ignore', 'ignore', 'pipe'], { timeoutMs: hour })
    .finished
  if (code !== 0) throw new Error(`${command[1]} ended with ${code}: ${stderr}`)
  const seconds = (performance.now() - started) / 1000
  process.stderr.write(`  ${command[1]}: ${seconds.toFixed(2)} s, ${peakMb} MB\n`)
  return { rate: rows / seconds, rssMb: peakMb }
}

/** A server of this folder: it is told how much there is to be had, and prints its port. */
export async function started(name: string, amount: number): Promise<{ port: number; close(): Promise<void> }> {
  const server = startProgram([...program(name), String(amount)], ['ignore', 'pipe', 'pipe'], { timeoutMs: hour })
  const [port] = await once(server.child.stdout ?? process.stdin, 'data')
  return {
    port: Number(port),
    async close() {
      server.child.kill()
      await server.finished
    },
  }
}
