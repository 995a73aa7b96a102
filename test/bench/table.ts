import { mysqlServer } from '../support/mysql.js'
import { onceOnly } from '../support/once.js'
import type { SqlServer } from '../support/sql-server.js'

/** A table of 8 columns: about 130 bytes a row in the text protocol, two thirds of the rows with quotes in a text. */
export interface BenchTable {
  readonly server: SqlServer
  readonly database: string
  readonly name: string
  readonly rows: number
}

const prepared = onceOnly(async () => {
  const server = await mysqlServer()
  // What is measured is the way of the rows, not the disk below the server.
  await server.query('SET GLOBAL innodb_buffer_pool_size = 1073741824; SET sql_log_bin = 0')
  const database = await server.newDatabase()
  await server.query(`USE ${database}`)
  return { server, database }
})

const tables = new Map<number, Promise<BenchTable>>()

/** Made when it is first asked for, kept until the benches end. */
export function benchTable(rows: number): Promise<BenchTable> {
  const made = tables.get(rows) ?? create(rows)
  tables.set(rows, made)
  return made
}

async function create(rows: number): Promise<BenchTable> {
  const { server, database } = await prepared()
  const name = `rows_${rows}`
  await server.query(`CREATE TABLE ${database}.${name} (
    id bigint unsigned PRIMARY KEY, number int, amount decimal(12,2), ratio double, name varchar(40),
    comment varchar(255) NULL, changed_at datetime(6), kind tinyint)`)
  for (let from = 0; from < rows; from += batch) await server.query(fill(`${database}.${name}`, from))
  await server.query(`ANALYZE TABLE ${database}.${name}`)
  return { server, database, name, rows }
}

const batch = 100_000

function fill(table: string, from: number): string {
  return `INSERT INTO ${table}
    WITH RECURSIVE low (d) AS (SELECT 0 UNION ALL SELECT d + 1 FROM low WHERE d < 999),
      high (d) AS (SELECT 0 UNION ALL SELECT d + 1 FROM high WHERE d < ${batch / 1000 - 1}),
      numbers (n) AS (SELECT ${from} + high.d * 1000 + low.d FROM high, low)
    SELECT 1000000000000 + n, n * 7919 % 2147483647, n * 37 % 1000000000 / 100, n / 7e0, CONCAT('name of ', LEFT(SHA2(n, 224), 24)),
      IF(n % 3 = 0, NULL, CONCAT('a "quoted" text, with commas, number ', n)),
      TIMESTAMPADD(MICROSECOND, n * 1000003, '2020-01-01'), n % 100
    FROM numbers ORDER BY n`
}
