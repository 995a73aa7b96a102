import { BsonType } from '../../../tap-mongo/bson/bson-type.js'
import type { RawValue } from '../../../tap-mongo/bson/raw-value.js'
import { elements } from './elements.js'
import { compareNumbers } from './numbers.js'

/**
 * The full order of BSON values, as the server sorts them: negative, 0, positive.
 * https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/
 */
export function compareBson(a: RawValue, b: RawValue): number {
  return bracket(a) - bracket(b) || compareWithin(a, b)
}

/** The place of the value's type in the order; equal for types that compare with each other. */
export function bracket({ type }: RawValue): number {
  return order[type] ?? unknownType(type)
}

export const nullValue: RawValue = { type: BsonType.null, bytes: Buffer.alloc(0) }

const order: Readonly<Record<number, number>> = {
  [BsonType.minKey]: -1,
  [BsonType.undefined]: 0,
  [BsonType.null]: 5,
  [BsonType.double]: 10,
  [BsonType.int32]: 10,
  [BsonType.int64]: 10,
  [BsonType.decimal128]: 10,
  [BsonType.string]: 15,
  [BsonType.symbol]: 15,
  [BsonType.object]: 20,
  [BsonType.array]: 25,
  [BsonType.binary]: 30,
  [BsonType.objectId]: 35,
  [BsonType.boolean]: 40,
  [BsonType.date]: 45,
  [BsonType.timestamp]: 47,
  [BsonType.regex]: 50,
  [BsonType.dbPointer]: 55,
  [BsonType.code]: 60,
  [BsonType.codeWithScope]: 65,
  [BsonType.maxKey]: 127,
}

function compareWithin(a: RawValue, b: RawValue): number {
  switch (a.type) {
    case BsonType.double:
    case BsonType.int32:
    case BsonType.int64:
    case BsonType.decimal128:
      return compareNumbers(a, b)
    case BsonType.string:
    case BsonType.symbol:
    case BsonType.code:
      return Buffer.compare(a.bytes.subarray(4), b.bytes.subarray(4))
    case BsonType.object:
    case BsonType.array:
      return compareDocuments(a.bytes, b.bytes)
    case BsonType.binary:
    case BsonType.dbPointer:
      return a.bytes.length - b.bytes.length || Buffer.compare(a.bytes.subarray(4), b.bytes.subarray(4))
    case BsonType.date:
      return compareBigInts(a.bytes.readBigInt64LE(0), b.bytes.readBigInt64LE(0))
    case BsonType.timestamp:
      return compareBigInts(a.bytes.readBigUInt64LE(0), b.bytes.readBigUInt64LE(0))
    case BsonType.codeWithScope:
      return compareScoped(a.bytes, b.bytes)
    default:
      return Buffer.compare(a.bytes, b.bytes)
  }
}

function compareBigInts(a: bigint, b: bigint): number {
  return a === b ? 0 : a < b ? -1 : 1
}

// Field by field: type, then name, then value.
function compareDocuments(a: Buffer, b: Buffer): number {
  const [left, right] = [elements(a), elements(b)]
  for (const [index, one] of left.entries()) {
    const other = right[index]
    if (other === undefined) return 1
    const difference =
      bracket(one) - bracket(other) ||
      Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)) ||
      compareWithin(one, other)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

// Length of all, the code as a string, the scope.
function compareScoped(a: Buffer, b: Buffer): number {
  const [codeA, codeB] = [a, b].map((bytes) => bytes.subarray(8, 8 + bytes.readInt32LE(4)))
  const [scopeA, scopeB] = [a, b].map((bytes) => bytes.subarray(8 + bytes.readInt32LE(4)))
  if (!codeA || !codeB || !scopeA || !scopeB) return 0
  return Buffer.compare(codeA, codeB) || compareDocuments(scopeA, scopeB)
}

function unknownType(type: number): never {
  throw new Error(`BSON has no type ${type}`)
}
