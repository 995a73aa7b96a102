import { decimal, integer, type JsonSchema, nullable } from '../singer/schema.js'
import type { Config } from './config.js'
import type { Encode } from './encode.js'
import { base64, bit, bits, boolean, digits, hex, json, paddedDigits, quoted, text } from './encoders.js'
import { float, vector } from './float.js'
import { date, dateTime } from './instants.js'
import { typedJson } from './json-text.js'
import * as literals from './literals.js'
import type { Flavor } from './server-version.js'
import { quoteName } from './sql.js'
import type { Column } from './table.js'

/** Everything that the type of a column decides. */
export interface ColumnType {
  readonly schema: JsonSchema
  /** The SQL expression that reads the column. */
  readonly select: string
  /** The text protocol's bytes → JSON bytes. */
  readonly encode: Encode
  /** Absent where the type makes no key: neither one to resume by nor a replication key. */
  readonly literal?: literals.Literal
}

export interface TypeOptions extends Pick<Config, 'decimal' | 'tinyint1' | 'binary'> {
  readonly flavor: Flavor
}

export function columnType(column: Column, options: TypeOptions): ColumnType {
  const type = types[column.dataType] ?? characters
  return { select: quoteName(column.name), ...type(column, options) }
}

type Type = (column: Column, options: TypeOptions) => Omit<ColumnType, 'select'> & { readonly select?: string }

const types: Readonly<Record<string, Type>> = {
  tinyint: (column, options) => (isTinyint1Boolean(column, options) ? truth : int(column, 8)),
  smallint: (column) => int(column, 16),
  mediumint: (column) => int(column, 24),
  int: (column) => int(column, 32),
  bigint: (column) => int(column, 64),
  bit: ({ columnType }) => (columnType === 'bit(1)' ? flag : bitField(columnType)),
  decimal: (column, options) => (options.decimal === 'string' ? decimalText(column) : decimalNumber(column)),
  float: ({ name }) => ({ schema: nullable('number'), encode: float, select: `${quoteName(name)}*1e0` }),
  double: (column) => ({ schema: nullable('number'), encode: digits, ...plainDouble(column) }),

  date: () => ({ schema: string({ format: 'date' }), encode: date, literal: literals.dateLiteral }),
  datetime: () => ({ schema: string({ format: 'date-time' }), encode: dateTime, literal: literals.dateTimeLiteral }),
  timestamp: () => ({ schema: string({ format: 'date-time' }), encode: dateTime, literal: literals.dateTimeLiteral }),
  time: () => ({ schema: string(), encode: text, literal: literals.timeLiteral }),
  year: () => ({ schema: integer('0', '2155'), encode: paddedDigits, literal: literals.yearLiteral }),

  char: (column) => ({ ...characters(column), literal: literals.textLiteral }),
  varchar: (column) => ({ ...characters(column), literal: literals.textLiteral }),
  tinytext: (column) => characters(column),
  text: (column) => characters(column),
  mediumtext: (column) => characters(column),
  longtext: (column) => characters(column),
  // ORDER BY goes by index, comparisons by label.
  enum: () => ({ schema: string(), encode: text }),
  set: () => ({ schema: string(), encode: text }),
  uuid: () => ({ schema: string(), encode: text, literal: literals.textLiteral }),
  inet4: () => ({ schema: string(), encode: text, literal: literals.textLiteral }),
  inet6: () => ({ schema: string(), encode: text, literal: literals.textLiteral }),

  binary: (_, options) => ({ ...bytes(options), literal: bytesLiteral(options) }),
  varbinary: (_, options) => ({ ...bytes(options), literal: bytesLiteral(options) }),
  tinyblob: (_, options) => bytes(options),
  blob: (_, options) => bytes(options),
  mediumblob: (_, options) => bytes(options),
  longblob: (_, options) => bytes(options),
  // SRID (4 bytes, little-endian), then WKB.
  geometry: (_, options) => bytes(options),
  point: (_, options) => bytes(options),
  linestring: (_, options) => bytes(options),
  polygon: (_, options) => bytes(options),
  multipoint: (_, options) => bytes(options),
  multilinestring: (_, options) => bytes(options),
  multipolygon: (_, options) => bytes(options),
  geometrycollection: (_, options) => bytes(options),
  geomcollection: (_, options) => bytes(options),

  json: (_, { flavor }) => ({ schema: anyJson, encode: flavor === 'mariadb' ? typedJson : json }),
  vector: () => ({ schema: { type: ['null', 'array'], items: { type: 'number' } }, encode: vector }),
}

const string = (rest: JsonSchema = {}) => nullable('string', rest)

const anyJson: JsonSchema = { type: ['null', 'object', 'array', 'string', 'number', 'boolean'] }

const truth = { schema: nullable('boolean'), encode: boolean }

const flag = { schema: nullable('boolean'), encode: bit, literal: literals.bitLiteral }

function isTinyint1Boolean(column: Column, options: TypeOptions): boolean {
  return options.tinyint1 === 'boolean' && column.columnType.startsWith('tinyint(1)')
}

function int(column: Column, bits: number) {
  const schema = isUnsigned(column)
    ? integer('0', String(2n ** BigInt(bits) - 1n))
    : integer(String(-(2n ** BigInt(bits - 1))), String(2n ** BigInt(bits - 1) - 1n))
  return { schema, encode: numberText(column), literal: literals.numberLiteral }
}

function bitField(columnType: string) {
  const width = BigInt(/\d+/.exec(columnType)?.[0] ?? 64)
  return { schema: integer('0', String(2n ** width - 1n)), encode: bits, literal: literals.bitLiteral }
}

function decimalNumber(column: Column) {
  return { schema: decimal(column.scale ?? 0), encode: numberText(column), literal: literals.numberLiteral }
}

function decimalText(column: Column) {
  const schema = string({ format: 'singer.decimal' })
  return { schema, encode: quoted(numberText(column)), literal: literals.numberLiteral }
}

/** DOUBLE(10,3) prints `1.500` and ZEROFILL `0001.5`; a factor takes the column's display rules away. */
function plainDouble({ name, columnType }: Column): { readonly select?: string } {
  return columnType === 'double' || columnType === 'double unsigned' ? {} : { select: `${quoteName(name)}*1e0` }
}

function numberText(column: Column): Encode {
  return column.columnType.includes('zerofill') ? paddedDigits : digits
}

function isUnsigned(column: Column): boolean {
  return /unsigned|zerofill/.test(column.columnType)
}

function characters({ length }: Column) {
  return { schema: string(length === null ? {} : { maxLength: Number(length) }), encode: text }
}

function bytes(options: TypeOptions) {
  const isHex = options.binary === 'hex'
  return { schema: string({ contentEncoding: isHex ? 'base16' : 'base64' }), encode: isHex ? hex : base64 }
}

function bytesLiteral(options: TypeOptions): literals.Literal {
  return options.binary === 'hex' ? literals.hexLiteral : literals.base64Literal
}
