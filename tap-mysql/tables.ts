import type { Session, SqlRow } from './connection.js'
import type { Column, Table } from './table.js'

/** Which tables are wanted; absent: all that the user may see, except the server's own. */
export interface Wanted {
  readonly databases?: readonly string[]
  readonly tables?: readonly TableName[]
  /** Select patterns over stream ids, `shop-*.id`: what none of them can match may be left out. */
  readonly patterns?: readonly string[]
}

export interface TableName {
  readonly database: string
  readonly name: string
}

/** Tables and views in the order of database and name. The number of queries does not depend on that of the tables. */
export async function discoverTables(session: Session, wanted: Wanted): Promise<readonly Table[]> {
  if (wanted.tables?.length === 0) return []
  const rowsByTable = async (sql: string, scope = scopeOf(wanted, 'TABLE_SCHEMA')) =>
    groupedBy(
      await session.query(
        sql.replace('SCOPE', () => scope.where),
        scope.values,
      ),
      tableId,
    )
  const columns = await rowsByTable(columnsSql)
  const indexes = await rowsByTable(indexesSql)
  const kinds = await rowsByTable(kindsSql)
  const isMariadb = session.flavor === 'mariadb'
  const json = isMariadb
    ? await rowsByTable(jsonSql, scopeOf(wanted, 'CONSTRAINT_SCHEMA'))
    : new Map<string, SqlRow[]>()
  return [...columns].flatMap(([id, rows]) => {
    const kind = kinds.get(id)?.[0]?.kind ?? 'BASE TABLE'
    if (kind === 'SEQUENCE') return []
    const jsonColumns = new Set(json.get(id)?.map(({ col }) => col))
    return [tableOf({ kind, columns: rows, indexes: indexes.get(id) ?? [], jsonColumns })]
  })
}

// Each name has an alias, since MySQL 8 answers in upper case. TABLE_ROWS and its like are slow and not asked for.
const columnsSql = `
  SELECT TABLE_SCHEMA AS db, TABLE_NAME AS tbl, COLUMN_NAME AS col, DATA_TYPE AS data_type, COLUMN_TYPE AS column_type,
    IS_NULLABLE AS is_nullable, COLLATION_NAME AS col_collation, NUMERIC_PRECISION AS num_precision,
    NUMERIC_SCALE AS num_scale, CHARACTER_MAXIMUM_LENGTH AS max_length, DATETIME_PRECISION AS fraction
  FROM information_schema.COLUMNS WHERE SCOPE ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION`

const indexesSql = `
  SELECT TABLE_SCHEMA AS db, TABLE_NAME AS tbl, INDEX_NAME AS idx, COLUMN_NAME AS col, SUB_PART AS prefix
  FROM information_schema.STATISTICS WHERE NON_UNIQUE = 0 AND SCOPE
  ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`

const kindsSql = `
  SELECT TABLE_SCHEMA AS db, TABLE_NAME AS tbl, TABLE_TYPE AS kind
  FROM information_schema.TABLES WHERE TABLE_TYPE <> 'BASE TABLE' AND SCOPE`

// MariaDB's JSON is LONGTEXT with a constraint of the column's name.
const jsonSql = `
  SELECT CONSTRAINT_SCHEMA AS db, TABLE_NAME AS tbl, CONSTRAINT_NAME AS col
  FROM information_schema.CHECK_CONSTRAINTS WHERE LEVEL = 'Column' AND CHECK_CLAUSE LIKE 'json_valid(%' AND SCOPE`

interface Scope {
  readonly where: string
  readonly values: readonly unknown[]
}

function scopeOf({ databases, tables, patterns }: Wanted, schema: string): Scope {
  const conditions: (readonly [where: string, value: unknown])[] = [
    [`${schema} NOT IN (?)`, ['information_schema', 'performance_schema', 'mysql', 'sys']],
  ]
  if (databases) conditions.push([`${schema} IN (?)`, databases])
  if (tables) conditions.push([`(${schema}, TABLE_NAME) IN (?)`, tables.map(({ database, name }) => [database, name])])
  const likes = patterns?.filter((pattern) => !pattern.startsWith('!')).map(likeOf) ?? []
  const like = `REPLACE(CONCAT(${schema}, '-', TABLE_NAME), '.', '_') LIKE ?`
  const anyLike = likes.length > 0 ? ` AND (${likes.map(() => like).join(' OR ')})` : ''
  return {
    where: conditions.map(([where]) => where).join(' AND ') + anyLike,
    values: [...conditions.map(([, value]) => value), ...likes],
  }
}

/** `shop-ord*.id` → `shop-ord%`. May match more than the pattern does. */
function likeOf(pattern: string): string {
  const [stream = ''] = pattern.split('.', 1)
  const plain = stream.replace(/\[.*?\]/g, '?').replace(/[\\%_]/g, '\\$&')
  return plain.replaceAll('*', '%').replaceAll('?', '_')
}

function tableId({ db, tbl }: SqlRow): string {
  return JSON.stringify([db, tbl])
}

function groupedBy(rows: readonly SqlRow[], keyOf: (row: SqlRow) => string): Map<string, SqlRow[]> {
  const groups = new Map<string, SqlRow[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return groups
}

interface TableRows {
  readonly kind: string
  readonly columns: readonly SqlRow[]
  readonly indexes: readonly SqlRow[]
  readonly jsonColumns: ReadonlySet<string | null | undefined>
}

function tableOf({ kind, columns: rows, indexes, jsonColumns }: TableRows): Table {
  const columns = rows.map((row) => columnOf(row, jsonColumns))
  const key = keyOf(columns, indexes)
  return {
    database: rows[0]?.db ?? '',
    name: rows[0]?.tbl ?? '',
    isView: kind.includes('VIEW'),
    columns,
    keyColumns: key.map(({ col }) => col ?? ''),
    hasPrefixKey: hasPrefix(key),
  }
}

function columnOf(row: SqlRow, jsonColumns: TableRows['jsonColumns']): Column {
  return {
    name: row.col ?? '',
    dataType: jsonColumns.has(row.col) ? 'json' : (row.data_type ?? '').toLowerCase(),
    columnType: row.column_type ?? '',
    isNullable: row.is_nullable === 'YES',
    collation: row.col_collation ?? null,
    precision: numberOf(row.num_precision),
    scale: numberOf(row.num_scale),
    length: row.max_length ?? null,
    fraction: numberOf(row.fraction),
  }
}

function numberOf(text: string | null = null): number | null {
  return text === null ? null : Number(text)
}

/** The primary key, else the shortest unique index over NOT NULL columns, one without prefixes first. */
function keyOf(columns: readonly Column[], rows: readonly SqlRow[]): readonly SqlRow[] {
  const indexes = groupedBy(rows, ({ idx }) => idx ?? '')
  const notNull = new Set(columns.filter(({ isNullable }) => !isNullable).map(({ name }) => name))
  const cost = (index: readonly SqlRow[]) => index.length + (hasPrefix(index) ? 1000 : 0)
  const unique = [...indexes.values()].filter((index) =>
    index.every(({ col }) => col !== null && notNull.has(col ?? '')),
  )
  return indexes.get('PRIMARY') ?? unique.sort((a, b) => cost(a) - cost(b))[0] ?? []
}

function hasPrefix(index: readonly SqlRow[]): boolean {
  return index.some(({ prefix }) => prefix !== null)
}
