import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProgram } from '../support/bins.js'
import { projectFolder } from '../support/cache.js'
import type { Contest, Measured } from './contest.js'
import { writeRecordLines } from './record-lines.js'

const rows = 2_000_000

/** RECORD lines to CSV, without compression, into nothing: against JSON.parse and a CSV writer by hand. */
export function targetScan(): Promise<Contest> {
  return against('byHand')
}

/** The same against JSON.parse and csv-stringify. */
export function targetScanStringify(): Promise<Contest> {
  return against('csvStringify')
}

async function against(reference: string): Promise<Contest> {
  const folder = await mkdtemp(join(tmpdir(), 'tapline-'))
  const path = join(folder, 'messages.jsonl')
  await writeRecordLines(path, rows)
  return {
    unit: 'rows/s',
    ours: () => measure('ours', path),
    reference: () => measure(reference, path),
    close: () => rm(folder, { recursive: true }),
  }
}

async function measure(writer: string, path: string): Promise<Measured> {
  const program = join(projectFolder, 'dist/test/bench/csv-writer.js')
  const started = performance.now()
  const command = [process.execPath, program, writer, path]
  const { code, stderr, peakMb } = await startProgram(command, ['ignore', 'ignore', 'pipe']).finished
  if (code !== 0) throw new Error(`${writer} ended with ${code}: ${stderr}`)
  return { rate: rows / ((performance.now() - started) / 1000), rssMb: peakMb }
}
