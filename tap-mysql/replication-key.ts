import { type Json, SourceError } from '../singer/index.js'
import { type Bookmark, positionOf } from '../singer/state.js'
import { fromBookmark } from './bookmarks.js'
import type { Position } from './boundary.js'
import { type KeyOrder, keyOrder } from './key-order.js'
import { isDated, type ResumableColumn } from './keyed-rows.js'
import { type Source, titleOf } from './source.js'
import { quoteName } from './sql.js'

/** The column that says which rows are new. */
export interface ReplicationKey extends ResumableColumn {
  readonly order: KeyOrder
  /** 0 where the type has no distances. */
  readonly lookback: number
  /** Predicates that split the table; absent where every row has a value. A zero date is none: records hold it as null. */
  readonly without?: string
  readonly with?: string
}

export function replicationKey({ stream, table, columns, config, context }: Source): ReplicationKey {
  const name = stream.replicationKey ?? ''
  const typed = columns.find(({ column }) => column.name === name)
  if (!typed)
    throw new SourceError(`read ${titleOf(table)}: it has no column ${name}, the replication key; choose another`)
  const { column, type } = typed
  if (!type.literal) {
    const reason = `${column.dataType} column ${name} makes no replication key, since its values have no exact order`
    throw new SourceError(`read ${titleOf(table)}: the ${reason}; choose another column or FULL_TABLE`)
  }
  const order = keyOrder(column)
  if (config.lookback > 0 && !order.back) {
    context.log.warning('lookback has no meaning for this replication key', {
      stream: stream.id,
      column: name,
      type: column.dataType,
    })
  }
  return {
    ...typed,
    name,
    literal: type.literal,
    order,
    lookback: order.back ? config.lookback : 0,
    ...partition(typed),
  }
}

function partition(typed: Pick<ResumableColumn, 'column'>): Pick<ReplicationKey, 'with' | 'without'> {
  const name = quoteName(typed.column.name)
  if (isDated(typed)) return { with: `${name}>='0001-01-01'`, without: `${name} IS NULL OR ${name}<'0001-01-01'` }
  return typed.column.isNullable ? { with: `${name} IS NOT NULL`, without: `${name} IS NULL` } : {}
}

/** Where the bookmark stands; undefined where it says nothing about this key. */
export function storedPosition(
  { stream, context }: Source,
  key: ReplicationKey,
  bookmark: Bookmark,
): Position | undefined {
  const { replication_key, replication_key_value, boundary } = bookmark
  const stored = positionOf(bookmark, key.name)
  if (stored === undefined) {
    if (replication_key_value === undefined || replication_key_value === null) return undefined
    const fields = { stream: stream.id, before: replication_key ?? null, now: key.name }
    context.log.warning('the replication key is another one than in the state: all rows are read', fields)
    return undefined
  }
  const value = fromBookmark(stored, key.column)
  return Array.isArray(boundary) ? { value, hashes: boundary.map(String) } : { value }
}

/** From this value of the key on rows are read; undefined: all rows. */
export function lowerBound(
  { config }: Source,
  { order, column, lookback }: ReplicationKey,
  position?: Position,
): Json | undefined {
  const stored = position && (lookback > 0 && order.back ? order.back(position.value, lookback) : position.value)
  const start = config.start_date && isDated({ column }) ? fromBookmark(config.start_date, column) : undefined
  if (stored === undefined || start === undefined) return stored ?? start
  return order.past(stored)(start) ? start : stored
}
