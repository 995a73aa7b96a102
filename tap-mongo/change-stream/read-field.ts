import type { Timestamp } from 'mongodb'
import { BsonType } from '../bson/bson-type.js'
import { timestamp } from '../bson/timestamp.js'
import type { Field } from './fields.js'

// Each reads a field of its own type; any other, and none, is undefined.

export function documentIn(field: Field | undefined): Buffer | undefined {
  return field?.type === BsonType.object ? field.bytes : undefined
}

export function textIn(field: Field | undefined): string | undefined {
  return field?.type === BsonType.string ? field.bytes.toString('utf8', 4, field.bytes.length - 1) : undefined
}

export function timeIn(field: Field | undefined): Timestamp | undefined {
  return field?.type === BsonType.timestamp
    ? timestamp(field.bytes.readUInt32LE(4), field.bytes.readUInt32LE(0))
    : undefined
}

/** Servers differ in the type of whole numbers. */
export function integerIn(field: Field | undefined): bigint | undefined {
  switch (field?.type) {
    case BsonType.int32:
      return BigInt(field.bytes.readInt32LE())
    case BsonType.int64:
      return field.bytes.readBigInt64LE()
    case BsonType.double:
      return BigInt(Math.trunc(field.bytes.readDoubleLE()))
    default:
      return undefined
  }
}
