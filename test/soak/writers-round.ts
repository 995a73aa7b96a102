import { withFolder } from '../support/bins.js'
import type { SqlServer } from '../support/sql-server.js'
import { type Copy, checkSame, makeCopy } from './copy.js'
import type { LiveRow, LiveTable } from './live-table.js'
import { startWriters, type WriterOptions } from './writers.js'

export interface WritersRound {
  readonly server: SqlServer
  readonly table: LiveTable
  /** Kept up to date by INCREMENTAL runs, round after round. */
  readonly copy: Copy
  readonly writers: WriterOptions
}

/**
 * A FULL_TABLE and an INCREMENTAL run while writers are at work, then, when they have stopped, the next INCREMENTAL
 * run. Throws when the full load lacks a row that was there before it, or the copy is not what the table is at the end.
 */
export async function writersRound({ server, table, copy, writers }: WritersRound): Promise<string> {
  const atWork = await startWriters(server, table, writers)
  let statements = 0
  let during = 0
  try {
    await fullRun(server, table)
    during = await copy.update()
  } finally {
    statements = await atWork.stop()
  }
  const after = await copy.update()
  const rows = await table.rows()
  checkSame(copy, rows)
  return `${statements} statements, ${during} rows meanwhile, ${after} afterwards, ${rows.size} in all`
}

function fullRun(server: SqlServer, table: LiveTable): Promise<void> {
  return withFolder(async (folder) => {
    const full = await makeCopy({ server, table, method: 'FULL_TABLE', folder })
    const before = await table.rows()
    const count = await full.update()
    checkBetween(before, full.rows, await table.rows())
    if (count !== full.rows.size) throw new Error(`${count - full.rows.size} rows came twice in one full load`)
  })
}

/** Each row as it was at some time of the load. */
function checkBetween(before: Rows, found: Rows, after: Rows): void {
  for (const id of before.keys()) if (!found.has(id)) throw new Error(`the full load lacks row ${id}`)
  for (const [id, row] of found) {
    const [earliest, latest] = [changes(before.get(id)) ?? 0, changes(after.get(id)) ?? -1]
    const n = changes(row) ?? -1
    if (n < earliest || n > latest) throw new Error(`row ${id} has ${n} changes, not ${earliest} to ${latest}`)
  }
}

type Rows = ReadonlyMap<string, LiveRow>

function changes(row: LiveRow | undefined): number | undefined {
  return row && Number(row[1])
}
