import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SqlServer } from '../support/sql-server.js'
import { makeCopy } from './copy.js'
import { makeLiveTable } from './live-table.js'
import { type Report, reportOf, type SoakOptions } from './report.js'
import { writersRound } from './writers-round.js'

/** `updated_at` to the microsecond and to the second. */
export const timeTypes = ['datetime(6)', 'timestamp']

/** On each server that many rounds, half of them with each sort of `updated_at`. */
export async function* writersSoak({ servers, rows, rounds }: SoakOptions): AsyncGenerator<Report> {
  for (const { name, server } of servers) {
    for (const timeType of timeTypes) {
      const title = `writers: ${name}, ${timeType}`
      yield* manyRounds(title, { server: await server(), timeType, rows, rounds: Math.ceil(rounds / timeTypes.length) })
    }
  }
}

interface ManyRounds {
  readonly server: SqlServer
  readonly timeType: string
  readonly rows: number
  readonly rounds: number
}

async function* manyRounds(title: string, { server, timeType, rows, rounds }: ManyRounds): AsyncGenerator<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'tapline-'))
  const table = await makeLiveTable(server, timeType, rows)
  try {
    const copy = await makeCopy({ server, table, method: 'INCREMENTAL', folder, lookback: 5 })
    const writers = { count: 8, slowMs: 2000 }
    for (let round = 1; round <= rounds; round++) {
      yield await reportOf(`${title}, round ${round}`, () => writersRound({ server, table, copy, writers }))
    }
  } finally {
    table.close()
    await rm(folder, { recursive: true })
  }
}
