import { bytesOfLength, readLength } from './length.js'
import type { Column } from './table.js'

/** What an answer says of one of its columns, before the rows. */
export interface Definition {
  /** https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html */
  readonly type: number
  readonly charset: number
  readonly length: number
  readonly flags: number
  readonly decimals: number
  /** What MariaDB adds, such as the name of a type that comes as a text. */
  readonly extended: string
}

/** https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_column_definition.html */
export function readDefinition(bytes: Buffer, start: number, end: number): Definition {
  let names = start
  // Catalog, schema, table and column, the last two under both their names.
  for (let name = 0; name < 6; name++) names += bytesOfLength(bytes[names] ?? 0) + readLength(bytes, names)
  const at = end - fixedLength
  return {
    extended: bytes.toString('latin1', names, at - 1),
    charset: bytes.readUInt16LE(at),
    length: bytes.readUInt32LE(at + 2),
    type: bytes[at + 6] ?? 0,
    flags: bytes.readUInt16LE(at + 7),
    decimals: bytes[at + 9] ?? 0,
  }
}

export interface CheckedColumn {
  readonly column: Column
  /** Those of a view may come otherwise than they are listed. */
  readonly isOfView: boolean
  /** Not the column itself is selected but a DOUBLE of its value. */
  readonly isDouble: boolean
}

/** A check of one run: whether a column still is what it was when its table was discovered and in the queries before. */
export function definitionCheck(checked: CheckedColumn): (definition: Definition) => boolean {
  let first: string | undefined
  return (definition) => {
    const facts = factsOf(definition)
    first ??= facts
    return facts === first && (checked.isOfView || isAsDiscovered(checked, definition))
  }
}

/** On what the encoding of values and the SCHEMA depend. */
function factsOf({ type, charset, length, flags, decimals, extended }: Definition): string {
  const isText = types.text.includes(type)
  const width = type === tiny || type === bit || type === double ? length : 0
  const digits = type === decimal || type === double ? decimals : 0
  return [
    isText ? 'text' : type,
    isText && charset === binary,
    flags & (unsigned | zerofill),
    width,
    digits,
    extended,
  ].join()
}

function isAsDiscovered({ column, isDouble }: CheckedColumn, definition: Definition): boolean {
  if (isDouble) return definition.type === double
  // MariaDB's JSON is a text with a constraint.
  const known = typesOf[column.dataType === 'json' && column.columnType !== 'json' ? 'text' : column.dataType]
  if (known === undefined) return true
  return known.includes(definition.type) && hasDiscoveredForm(column, definition)
}

function hasDiscoveredForm({ columnType, scale, collation }: Column, definition: Definition): boolean {
  const { type, charset, length, flags, decimals } = definition
  if (types.text.includes(type)) return (collation === null || collation === 'binary') === (charset === binary)
  if (type === bit) return columnType === `bit(${length})`
  if (type === decimal && decimals !== (scale ?? 0)) return false
  if (type === tiny && columnType.startsWith('tinyint(1)') && length !== 1) return false
  const isNumber = types.number.includes(type)
  return !isNumber || (flags & (unsigned | zerofill)) === flagsOf(columnType)
}

function flagsOf(columnType: string): number {
  return columnType.includes('zerofill') ? unsigned | zerofill : columnType.includes('unsigned') ? unsigned : 0
}

const fixedLength = 12
const binary = 63
const unsigned = 0x20
const zerofill = 0x40
const [tiny, double, bit, decimal] = [1, 5, 16, 246]

const types = { number: [1, 2, 3, 8, 9, 246], text: [15, 247, 248, 249, 250, 251, 252, 253, 254] }

const typesOf: Readonly<Record<string, readonly number[]>> = {
  tinyint: [1],
  smallint: [2],
  mediumint: [9],
  int: [3],
  bigint: [8],
  decimal: [246],
  double: [5],
  bit: [16],
  date: [10],
  datetime: [12],
  timestamp: [7],
  time: [11],
  year: [13],
  char: types.text,
  varchar: types.text,
  tinytext: types.text,
  text: types.text,
  mediumtext: types.text,
  longtext: types.text,
  enum: types.text,
  set: types.text,
  binary: types.text,
  varbinary: types.text,
  tinyblob: types.text,
  blob: types.text,
  mediumblob: types.text,
  longblob: types.text,
  json: [245],
}
