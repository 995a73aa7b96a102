import type { SqlServer } from '../support/sql-server.js'

export const kinds = ['int key', 'text key', 'no key'] as const
export type Kind = (typeof kinds)[number]

/** A table that is filled once and then stands still. */
export interface SoakTable {
  readonly kind: Kind
  readonly database: string
  readonly name: string
  /** What tap-mysql calls it. */
  readonly stream: string
  /** In the order of the table, as the header of the CSV has them. */
  readonly columns: readonly string[]
  /** In the order of the index. */
  readonly key: readonly string[]
}

interface Shape {
  readonly columns: readonly string[]
  readonly key: readonly string[]
  readonly sql: string
  /** Values of the columns of its own, of row `n`. */
  readonly values: string
}

// Keys that trap a reader: beyond 2^53; compared without case and accents, in another order than the columns'. Without
// a key every row stands three times.
const shapes: Record<Kind, Shape> = {
  'int key': {
    columns: ['id'],
    key: ['id'],
    sql: 'id bigint unsigned NOT NULL PRIMARY KEY',
    values: '18446744073700000000 + n',
  },
  'text key': {
    columns: ['code', 'region'],
    key: ['region', 'code'],
    sql: `code varchar(40) COLLATE utf8mb4_general_ci NOT NULL, region varchar(12) COLLATE utf8mb4_general_ci NOT NULL,
      PRIMARY KEY (region, code)`,
    values: `CONCAT(ELT(1 + n % 4, 'a', 'B', 'é', 'z '), n * 7919), ELT(1 + n % 5, 'North', 'south', 'É', 'o''west', 'ß')`,
  },
  'no key': { columns: ['n'], key: [], sql: 'n int', values: 'n' },
}

const common = `note varchar(255) NULL, amount decimal(18,4) NOT NULL, updated_at datetime(6) NOT NULL, KEY (updated_at)`
const commonColumns = ['note', 'amount', 'updated_at']
// Five to fifteen rows share one time, and the order of the times is not that of the keys.
const commonValues = `ELT(1 + n % 8, NULL, '', 'a,b "quoted"', 'two\\nlines', 'C:\\\\temp', REPEAT('wide ', 50), REPEAT('日', 80), 'NULL'),
  n * 1.0001, TIMESTAMP'2024-01-01 00:00:00' + INTERVAL (n * 7919 % 100003) DIV 5 * 1000003 MICROSECOND`

export async function makeTable(server: SqlServer, kind: Kind, rows: number): Promise<SoakTable> {
  const database = await server.newDatabase()
  const shape = shapes[kind]
  await server.query(`CREATE TABLE ${database}.orders (${shape.sql}, ${common})`)
  await server.query(`INSERT INTO ${database}.orders
    SELECT ${shape.values}, ${commonValues} FROM (${numbers(rows, kind === 'no key' ? 3 : 1)}) AS numbers`)
  return {
    kind,
    database,
    name: 'orders',
    stream: `${database}-orders`,
    columns: [...shape.columns, ...commonColumns],
    key: shape.key,
  }
}

/** A SELECT of one column `n`: 0, 1, … so that there are `count` rows, each number `copies` times. */
export function numbers(count: number, copies = 1): string {
  const digits = `(${[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => `SELECT ${digit} AS d`).join(' UNION ALL ')})`
  const places = [...String(count - 1)].map((_digit, place) => ({
    name: `p${place}`,
    value: `p${place}.d * ${10 ** place}`,
  }))
  const n = places.map(({ value }) => value).join(' + ')
  const all = `SELECT ${n} AS n FROM ${places.map(({ name }) => `${digits} AS ${name}`).join(' CROSS JOIN ')}`
  return `SELECT n DIV ${copies} AS n FROM (${all}) AS every WHERE n < ${count}`
}
