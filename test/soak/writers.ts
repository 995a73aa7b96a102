import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection, RowDataPacket } from 'mysql2/promise'
import type { SqlServer } from '../support/sql-server.js'
import { connectUtc, type LiveTable } from './live-table.js'

export interface Writers {
  /** Waits until every statement under way is committed; says how many there were. */
  stop(): Promise<number>
}

export interface WriterOptions {
  readonly count: number
  /** Some statements take up to this long: they commit under the time of their start, which readers have passed. */
  readonly slowMs: number
}

/**
 * Connections that insert and update without pause, each statement a transaction of its own. Each writer has its own rows
 * (id modulo count), so that none waits for another's lock.
 */
export async function startWriters(server: SqlServer, table: LiveTable, options: WriterOptions): Promise<Writers> {
  const connections = await Promise.all(Array.from({ length: options.count }, () => connectUtc(server)))
  const stopped = new AbortController()
  const written = connections.map((connection, writer) =>
    write(connection, table, { ...options, writer, stopped: stopped.signal }),
  )
  const all = Promise.all(written)
  all.catch(() => undefined)
  return {
    async stop() {
      stopped.abort()
      const counts = await all.finally(() => {
        for (const connection of connections) connection.destroy()
      })
      return counts.reduce((sum, count) => sum + count, 0)
    },
  }
}

interface WriterPlan extends WriterOptions {
  readonly writer: number
  readonly stopped: AbortSignal
}

async function write(connection: Connection, table: LiveTable, plan: WriterPlan): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>(`SELECT MAX(id) AS last FROM ${table.name}`)
  const now = `NOW(${table.digits})`
  const { count, writer, slowMs } = plan
  let turns = Math.floor(Number(row?.last) / count) + 1
  let statements = 0
  for (; !plan.stopped.aborted; statements++) {
    const dice = Math.random()
    if (dice < 0.2) {
      await connection.query(`INSERT INTO ${table.name} VALUES (?, 0, NULL, ${now})`, [turns++ * count + writer])
    } else {
      const late = dice < 0.205 ? `AND SLEEP(${(Math.random() * slowMs) / 1000}) = 0` : ''
      const update = `UPDATE ${table.name} SET n = n + 1, note = CONCAT('change ', n), updated_at = ${now} WHERE id = ? ${late}`
      await connection.query(update, [Math.floor(Math.random() * turns) * count + writer])
    }
    await sleep(1)
  }
  return statements
}
