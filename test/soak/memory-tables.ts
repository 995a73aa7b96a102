import type { SqlServer } from '../support/sql-server.js'
import { numbers } from './tables.js'

export interface MemoryTable {
  readonly stream: string
  readonly rows: number
  /** The size of its largest record as a message. */
  readonly recordMb: number
}

/** Eight columns of the usual types, about 130 bytes a row. */
export function narrowTable(server: SqlServer, rows: number): Promise<MemoryTable> {
  const columns = `id bigint unsigned PRIMARY KEY, customer int, amount decimal(12,2), ratio double, name varchar(40),
    note varchar(255) NULL, updated_at datetime(6), active tinyint`
  const values = `n, n % 1000, n / 100, n / 7e0, CONCAT('customer ', n), IF(n % 3 = 0, NULL, 'a "quoted" note, with a comma'),
    TIMESTAMP'2024-01-01 00:00:00' + INTERVAL n SECOND, n % 2`
  return filledTable(server, { columns, values, rows, recordMb: 0 })
}

/** A mebibyte in 1,024 rows, as good as random. */
export function wideTable(server: SqlServer, mebibytes: number): Promise<MemoryTable> {
  const hashes = [0, 1, 2, 3, 4, 5, 6, 7].map((salt) => `SHA2(n * 8 + ${salt}, 512)`)
  const values = `n, CONCAT(${hashes.join(', ')})`
  return filledTable(server, {
    columns: 'id int PRIMARY KEY, text varchar(1024)',
    values,
    rows: mebibytes * 1024,
    recordMb: 0,
  })
}

/** Three rows, the one in the middle of that size; as JSON it is larger by its escapes. */
export function tallTable(server: SqlServer, mebibytes: number): Promise<MemoryTable> {
  const text = `'"Sixty-four" bytes that want quotes, a comma, and two escapes.. '`
  const values = `n, REPEAT(${text}, IF(n = 1, ${(mebibytes << 20) / 64}, 1))`
  return filledTable(server, {
    columns: 'id int PRIMARY KEY, text longtext',
    values,
    rows: 3,
    recordMb: Math.ceil((mebibytes * 66) / 64),
  })
}

interface Content {
  readonly columns: string
  /** Of row `n`. */
  readonly values: string
  readonly rows: number
  readonly recordMb: number
}

async function filledTable(server: SqlServer, { columns, values, rows, recordMb }: Content): Promise<MemoryTable> {
  const database = await server.newDatabase()
  await server.query(`CREATE TABLE ${database}.orders (${columns})`)
  for (let from = 0; from < rows; from += batch) {
    const source = numbers(Math.min(batch, rows - from))
    await server.query(
      `INSERT INTO ${database}.orders SELECT ${values} FROM (SELECT n + ${from} AS n FROM (${source}) AS few) AS numbers`,
    )
  }
  return { stream: `${database}-orders`, rows, recordMb }
}

// One transaction of a gigabyte would stand in the server's log twice.
const batch = 250_000
