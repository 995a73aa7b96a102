import { join } from 'node:path'
import { bin, startProgram, withFolder, writeJson } from '../support/bins.js'
import type { Contest, Measured } from './contest.js'
import { type BenchTable, benchTable } from './table.js'

/**
 * A full table as RECORD lines, against the same query in MySQL's own client; both write to /dev/null. The rate is that of
 * the rows: what the same program takes for an empty table is its start, which is told beside it and not counted.
 */
export async function tapMysqlFull(): Promise<Contest> {
  const table = await benchTable(1_000_000)
  const empty = await benchTable(0)
  const { client } = table.server
  if (!client) throw new Error('tap-mysql-full compares with the mysql client, which is missing')
  const select = ({ database, name }: BenchTable) => [
    ...[...client, '--quick', '--batch', '--execute'],
    `SELECT * FROM ${database}.${name}`,
  ]
  return {
    unit: 'rows/s',
    ours: () =>
      withFolder(async (folder) => {
        const read = async (each: BenchTable) => {
          const config = await writeJson(join(folder, `${each.name}.json`), tapSettings(each))
          return [...bin('tap-mysql'), '--config', config]
        }
        return measure(await read(table), await read(empty), table.rows)
      }),
    reference: () => measure(select(table), select(empty), table.rows),
  }
}

/** The settings with which tap-mysql reads the whole table. */
export function tapSettings({ server, database, name }: BenchTable): object {
  const stream = `${database}-${name}`
  return { ...server.config, select: [stream], metadata: { [stream]: { 'replication-method': 'FULL_TABLE' } } }
}

async function measure(all: readonly string[], none: readonly string[], rows: number): Promise<Measured> {
  const start = await timed(none)
  const whole = await timed(all)
  const seconds = `${start.seconds.toFixed(2)} s to start, ${whole.seconds.toFixed(2)} s in all`
  process.stderr.write(`  ${all.find((part) => /tap-mysql|mysql$/.test(part))}: ${seconds}\n`)
  return { rate: rows / (whole.seconds - start.seconds), rssMb: whole.peakMb }
}

async function timed(command: readonly string[]): Promise<{ seconds: number; peakMb: number }> {
  const started = performance.now()
  const { code, stderr, peakMb } = await startProgram(command, ['ignore', 'ignore', 'pipe']).finished
  if (code !== 0) throw new Error(`${command[0]} ended with ${code}: ${stderr}`)
  return { seconds: (performance.now() - started) / 1000, peakMb }
}
