import type { Session } from './connection.js'
import { behind, type KeyColumn, type KeyValues, upTo } from './keyset.js'
import { lineStart, recordReader } from './record-lines.js'
import { type RowBlock, type RowQuery, rowBlocks } from './rows.js'
import { rowQuery } from './select.js'
import type { Source, TypedColumn } from './source.js'

/** The columns of the table's key, if reading can go on behind any of its values; else none. */
export function resumableKey({ table, columns }: Source): readonly ResumableColumn[] {
  if (table.isView || table.hasPrefixKey) return []
  const key = table.keyColumns.map((name) => columns.find(({ column }) => column.name === name))
  const usable = key.flatMap((typed) =>
    typed?.type.literal ? [{ ...typed, ...typed.column, literal: typed.type.literal }] : [],
  )
  return usable.length === key.length ? usable : []
}

export interface ResumableColumn extends KeyColumn, TypedColumn {}

export interface KeyRange {
  readonly where?: readonly string[]
  /** Rows behind these values. */
  readonly last?: KeyValues | undefined
  /** Rows up to these. */
  readonly max?: KeyValues | undefined
  /** Rows per SELECT. Absent: one SELECT for all. */
  readonly limit?: number | undefined
  readonly version?: number | undefined
}

export interface KeyedBlock extends RowBlock {
  /** Of the last row; absent where its record does not hold the key as the server does (a zero date is null there). */
  readonly key: KeyValues | undefined
}

/** Rows in the order of the key; without a key in any order. */
export async function* keyedRows(
  source: Source,
  session: Session,
  key: readonly ResumableColumn[],
  range: KeyRange,
): AsyncGenerator<KeyedBlock> {
  const { where = [], max, version } = range
  let { last, limit } = range
  for (;;) {
    const bounds = [...(last ? [behind(key, last)] : []), ...(max ? [upTo(key, max)] : [])]
    const order = key.map(({ name }) => name)
    const query = rowQuery(source, { where: [...where, ...bounds], order, limit, version })
    let count = 0
    let reached: KeyValues | undefined
    for await (const block of rowBlocks(session, query, source.context)) {
      reached = keyOfLastRow(block, key, query)
      yield { ...block, key: reached }
      last = reached ?? last
      count += block.count
    }
    if (count !== limit) return
    // Nothing can be read behind a zero date: all rows behind the last other one come in one SELECT.
    if (!reached) limit = undefined
  }
}

/** One SELECT for all where it might end at a zero date, behind which nothing can be read. */
export function chunkLimit({ pace }: Source, key: readonly ResumableColumn[]): number | undefined {
  return key.length === 0 || key.some(isDated) ? undefined : pace.chunkRows
}

export function isDated({ column }: Pick<TypedColumn, 'column'>): boolean {
  return /^(date|datetime|timestamp)$/.test(column.dataType)
}

/** The key of the row that comes last in its order. */
export async function highestKey(
  source: Source,
  session: Session,
  key: readonly ResumableColumn[],
): Promise<KeyValues | undefined> {
  const order = key.map(({ name }) => name)
  // Not a row that is sent, so nothing of it is counted.
  const query = { ...rowQuery(source, { columns: key, order, direction: 'DESC', limit: 1 }), nulled: new Map() }
  let highest: KeyValues | undefined
  for await (const block of rowBlocks(session, query, source.context)) highest = keyOfLastRow(block, key, query)
  return highest
}

function keyOfLastRow({ lines }: RowBlock, key: readonly KeyColumn[], query: RowQuery): KeyValues | undefined {
  const reader = recordReader(query)
  const start = lineStart(lines, lines.length)
  const values = key.map(({ name }) => reader.value(lines, start, name))
  return key.length === 0 || values.includes(null) ? undefined : values
}
