import { join } from 'node:path'
import { startProgram } from '../support/bins.js'
import { projectFolder } from '../support/cache.js'
import type { Contest, Measured } from './contest.js'

/** BSON documents of 575 bytes with 20 fields as JSON: our bytes to bytes against `deserialize` and JSON.stringify. */
export async function mongoBsonJson(): Promise<Contest> {
  return { unit: 'documents/s', ours: () => measure('ours'), reference: () => measure('overObjects') }
}

async function measure(way: string): Promise<Measured> {
  const program = join(projectFolder, 'dist/test/bench/bson-documents.js')
  const { code, stdout, stderr, peakMb } = await startProgram(
    [process.execPath, program, way],
    ['ignore', 'pipe', 'pipe'],
  ).finished
  if (code !== 0) throw new Error(`${way} ended with ${code}: ${stderr}`)
  return { rate: Number(stdout), rssMb: peakMb }
}
