import { BsonType } from '../bson/bson-type.js'
import type { RawValue } from '../bson/raw-value.js'

/**
 * Types whose values a comparison of `find` compares with each other: `{$gt: 5}` matches numbers alone, though strings
 * stand behind them in the order of a sort. https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/
 */
export interface Bracket {
  readonly types: readonly number[]
  /** `one`: all values are equal; `none`: no comparison of `find` takes them, or the driver cannot send them. */
  readonly order: 'one' | 'many' | 'none'
  /** Some clones do not know the type, and refuse to search for it. */
  readonly isRare?: true
  /** No `_id` is of it. */
  readonly isNoId?: true
  /** At or behind it stands the whole bracket: unlike `$type`, a comparison makes every clone use its index. */
  readonly min?: RawValue
}

/** NaN stands before all other numbers, and comparisons with these leave it out: a bracket of its own. */
export const nan: Bracket = { types: [], order: 'one' }

/**
 * In the order of a sort. Without arrays: a sort goes by their elements, `_id` can be none, and `$type` of them would read
 * the whole index.
 */
export const brackets: readonly Bracket[] = [
  { types: [BsonType.minKey], order: 'one' },
  { types: [BsonType.undefined], order: 'one', isRare: true, isNoId: true },
  { types: [BsonType.null], order: 'one' },
  nan,
  many([BsonType.double, BsonType.int32, BsonType.int64, BsonType.decimal128], '000000000000f0ff'),
  many([BsonType.string, BsonType.symbol], '0100000000'),
  many([BsonType.object], '0500000000'),
  many([BsonType.binary], '0000000000'),
  many([BsonType.objectId], '000000000000000000000000'),
  many([BsonType.boolean], '00'),
  many([BsonType.date], '0000000000000080'),
  many([BsonType.timestamp], '0000000000000000'),
  { types: [BsonType.regex], order: 'none', isNoId: true },
  { types: [BsonType.dbPointer], order: 'none', isRare: true },
  { types: [BsonType.code], order: 'many', isRare: true },
  { types: [BsonType.codeWithScope], order: 'many', isRare: true },
  { types: [BsonType.maxKey], order: 'one' },
]

/** `min`: the bytes of the least value, of the first of these types. */
function many(types: readonly [number, ...number[]], min: string): Bracket {
  return { types, order: 'many', min: { type: types[0], bytes: Buffer.from(min, 'hex') } }
}

/** The place in `brackets`; undefined: an array. */
export function placeOf(value: RawValue): number | undefined {
  const found = isNotANumber(value) ? nan : brackets.find(({ types }) => types.includes(value.type))
  return found && brackets.indexOf(found)
}

function isNotANumber({ type, bytes }: RawValue): boolean {
  if (type === BsonType.double) return Number.isNaN(bytes.readDoubleLE(0))
  return type === BsonType.decimal128 && (bytes.readUInt8(15) & 0x7c) === 0x7c
}
