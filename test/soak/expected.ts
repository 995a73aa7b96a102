import { bookmarkOf, Digits, type State } from '../../singer/index.js'
import { isObject } from '../../singer/json.js'
import type { Row, SqlServer } from '../support/sql-server.js'
import type { Field } from './csv.js'
import type { SoakTable } from './tables.js'

export type Method = 'FULL_TABLE' | 'INCREMENTAL'

/** The rows of a table in the order in which a method reads them. Equal rows share one place. */
export interface Expected {
  /** How many rows there are, equal ones included. */
  readonly count: number
  /** Different rows; their places are 0 … places - 1. */
  readonly places: number
  /** Undefined: the table holds no such row. */
  placeOf(row: readonly Field[]): number | undefined
  copiesAt(place: number): number
  /** The first row that may be sent from this state on: all before it are covered. */
  startOf(state: State): number
  /** The next run would begin a load of its own. */
  isComplete(state: State): boolean
}

export async function expectedRows(server: SqlServer, table: SoakTable, method: Method): Promise<Expected> {
  const rows = await orderedRows(
    server,
    table,
    method === 'INCREMENTAL' ? ['orders.updated_at', ...table.key] : table.key,
  )
  const copies: number[] = []
  const places = new Map<string, number>()
  const keys = new Map<string, number>()
  const times = new Map<string, number>()
  for (const row of rows) {
    const text = rowText(fields(row, table.columns))
    const place = places.get(text) ?? copies.push(0) - 1
    copies[place] = (copies[place] ?? 0) + 1
    places.set(text, place)
    keys.set(rowText(fields(row, table.key)), place)
    if (!times.has(textOf(row.updated_at))) times.set(textOf(row.updated_at), place)
  }
  return {
    count: rows.length,
    places: copies.length,
    placeOf: (row) => places.get(rowText(row)),
    copiesAt: (place) => copies[place] ?? 0,
    startOf(state) {
      const { replication_key_value: time, last_pk_fetched: last } = bookmarkOf(state, table.stream)
      if (method === 'INCREMENTAL') return time === undefined ? 0 : placeAt(times, textOf(time))
      return isObject(last) ? placeAt(keys, rowText(fields(last, table.key))) + 1 : 0
    },
    isComplete(state) {
      const { initial_full_table_complete: isLoaded, max_pk_values: max } = bookmarkOf(state, table.stream)
      return method === 'FULL_TABLE' && isLoaded === true && max === undefined
    },
  }
}

/** With every value as the CSV shows it. */
function orderedRows(server: SqlServer, table: SoakTable, order: readonly string[]): Promise<Row[]> {
  const time = `DATE_FORMAT(updated_at, '%Y-%m-%dT%H:%i:%s.%fZ') AS updated_at`
  const columns = table.columns.map((name) => (name === 'updated_at' ? time : name))
  const orderBy = order.length > 0 ? `ORDER BY ${order.join(', ')}` : ''
  return server.query(`SELECT ${columns.join(', ')} FROM ${table.database}.${table.name} ${orderBy}`)
}

function fields(row: Readonly<Record<string, unknown>>, names: readonly string[]): Field[] {
  return names.map((name) => (row[name] === null ? null : textOf(row[name])))
}

function textOf(value: unknown): string {
  return value instanceof Digits ? value.text : String(value)
}

// null and '' differ.
function rowText(row: readonly Field[]): string {
  return row.map((field) => field ?? '\0').join('\x1f')
}

function placeAt(places: ReadonlyMap<string, number>, key: string): number {
  const place = places.get(key)
  if (place === undefined) throw new Error(`the state names ${JSON.stringify(key)}, which the table does not hold`)
  return place
}
