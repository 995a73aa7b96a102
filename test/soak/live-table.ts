import type { Connection, RowDataPacket } from 'mysql2/promise'
import type { SqlServer } from '../support/sql-server.js'

/** A table that writers change: `n` counts the changes of a row, `updated_at` is the time of the last statement. */
export interface LiveTable {
  /** `database.table` */
  readonly name: string
  /** What tap-mysql calls it. */
  readonly stream: string
  /** Fractional digits of `updated_at`. */
  readonly digits: 0 | 6
  /** Every row by its id, each field as the CSV shows it. */
  rows(): Promise<ReadonlyMap<string, LiveRow>>
  close(): void
}

export type LiveRow = readonly (string | null)[]

export const liveColumns = ['id', 'n', 'note', 'updated_at']

/** `timeType`: `timestamp`, `datetime(6)`, … */
export async function makeLiveTable(server: SqlServer, timeType: string, count: number): Promise<LiveTable> {
  const database = await server.newDatabase()
  const connection = await connectUtc(server)
  const name = `${database}.orders`
  await connection.query(`CREATE TABLE ${name} (id int PRIMARY KEY, n int NOT NULL, note varchar(80) NULL,
    updated_at ${timeType} NOT NULL, KEY (updated_at))`)
  const first = Array.from({ length: count }, (_row, id) => [id, 0, null, new Date(Date.UTC(2024, 0, 1) + id * 250)])
  await connection.query(`INSERT INTO ${name} VALUES ?`, [first])
  const digits = timeType.includes('6') ? 6 : 0
  const time = `DATE_FORMAT(updated_at, '%Y-%m-%dT%H:%i:%s${digits === 6 ? '.%f' : ''}Z')`
  return {
    name,
    stream: `${database}-orders`,
    digits,
    async rows() {
      const sql = `SELECT CAST(id AS CHAR), CAST(n AS CHAR), note, ${time} FROM ${name}`
      const [rows] = await connection.query<RowDataPacket[][]>({ sql, rowsAsArray: true })
      return new Map(rows.map((row) => [String(row[0]), row.map((value) => (value === null ? null : String(value)))]))
    },
    close: () => connection.destroy(),
  }
}

export async function connectUtc({ host, port, user, password }: SqlServer): Promise<Connection> {
  const { createConnection } = await import('mysql2/promise')
  const connection = await createConnection({ host, port, user, password, timezone: 'Z' })
  await connection.query(`SET time_zone = '+00:00'`)
  return connection
}
