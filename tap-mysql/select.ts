import type { RecordLines } from '../singer/index.js'
import { recordLineEnds } from '../singer/record-line.js'
import { orderBy } from './keyset.js'
import type { RowBlock, RowQuery, SelectedColumn } from './rows.js'
import type { Source, TypedColumn } from './source.js'
import { quoteName } from './sql.js'

export interface Clauses {
  /** Predicates that must all hold. */
  readonly where?: readonly string[]
  readonly order?: readonly string[]
  readonly direction?: 'ASC' | 'DESC'
  readonly limit?: number | undefined
  /** Without it all selected columns. */
  readonly columns?: readonly TypedColumn[]
  /** Of the RECORDs. */
  readonly version?: number | undefined
}

/** A SELECT that begins now, and how its rows become RECORD lines. */
export function rowQuery(source: Source, clauses: Clauses): RowQuery {
  const { stream, nulled } = source
  const { columns = source.columns, version } = clauses
  return {
    stream: stream.name,
    sql: selectSql(source, columns, clauses),
    columns: columns.map(selectedColumn),
    ...recordLineEnds({ stream: stream.name, version, timeExtracted: new Date().toISOString() }),
    nulled,
  }
}

export function recordLines({ stream }: Source, { lines, count }: RowBlock): RecordLines {
  return { type: 'RECORD_LINES', stream: stream.name, lines, count }
}

function selectedColumn({ column, type, isAsBefore }: TypedColumn): SelectedColumn {
  return { name: column.name, columnType: column.columnType, encode: type.encode, isAsBefore }
}

function selectSql({ table }: Source, columns: readonly TypedColumn[], clauses: Clauses): string {
  const { where = [], order = [], direction, limit } = clauses
  return [
    `SELECT ${columns.map(({ type }) => type.select).join(', ')}`,
    `FROM ${quoteName(table.database)}.${quoteName(table.name)}`,
    where.length > 0 ? `WHERE ${where.map((predicate) => `(${predicate})`).join(' AND ')}` : '',
    orderBy(order, direction),
    limit === undefined ? '' : `LIMIT ${limit}`,
  ]
    .filter((clause) => clause !== '')
    .join(' ')
}
