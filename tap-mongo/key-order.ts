import { BsonType } from './bson/bson-type.js'
import { driverValue, type RawValue } from './bson/raw-value.js'
import { placeOf } from './reading/brackets.js'

/**
 * What the tap itself knows of the order of replication keys, coarsely: 0 for values that may be one to the server (1 and
 * 1.0, texts that a collation takes as equal). Of texts, binaries and documents another one counts as greater: keys come
 * in the order of the server.
 */
export function compareKeys(a: RawValue, b: RawValue): number {
  const order = (placeOf(a) ?? 0) - (placeOf(b) ?? 0)
  if (order !== 0) return order
  const [first, second] = [scalar(a), scalar(b)]
  if (first === undefined || second === undefined) return isAlike(a, b) ? 0 : 1
  return first < second ? -1 : first > second ? 1 : 0
}

/** The value `distance` before: seconds of dates, timestamps and ObjectIds, else a difference. Undefined: it has none. */
export function keyBefore(value: RawValue, distance: number): RawValue | undefined {
  const { type, bytes } = value
  switch (type) {
    case BsonType.date:
      return dateKey(bytes.readBigInt64LE() - BigInt(Math.round(distance * 1000)))
    case BsonType.timestamp:
      return timestampKey(bytes.readBigUInt64LE() - (BigInt(Math.ceil(distance)) << 32n))
    case BsonType.objectId:
      return objectIdKey(bytes.readUInt32BE() - Math.ceil(distance))
    case BsonType.int64:
      return int64(type, bytes.readBigInt64LE() - BigInt(Math.ceil(distance)))
    case BsonType.double:
    case BsonType.int32:
    case BsonType.decimal128:
      return double(Number(scalar(value)) - distance)
    default:
      return undefined
  }
}

/** The first value of this type that is not before an instant, in milliseconds since 1970, else the last. Undefined: it names none. */
export function keyAt(type: number, ms: number): RawValue | undefined {
  const seconds = Math.ceil(ms / 1000)
  if (type === BsonType.date) return dateKey(BigInt(Math.ceil(ms)))
  if (type === BsonType.timestamp) return timestampKey(BigInt(seconds) << 32n)
  return type === BsonType.objectId ? objectIdKey(seconds) : undefined
}

/** As precise as a double, or exact; undefined for types whose order is left to the server. */
function scalar(value: RawValue): number | bigint | undefined {
  const { type, bytes } = value
  switch (type) {
    case BsonType.double:
      return bytes.readDoubleLE()
    case BsonType.int32:
      return bytes.readInt32LE()
    case BsonType.int64:
    case BsonType.date:
      return Number(bytes.readBigInt64LE())
    case BsonType.decimal128:
      return Number(String(driverValue(value)))
    case BsonType.timestamp:
      return bytes.readBigUInt64LE()
    case BsonType.objectId:
      return BigInt(`0x${bytes.toString('hex')}`)
    case BsonType.boolean:
      return bytes.readUInt8()
    default:
      return undefined
  }
}

// At least as coarse as the server's collations: `a` and `A`, `e` and `é` may be one value there.
const collator = new Intl.Collator('und', { sensitivity: 'base' })

function isAlike(a: RawValue, b: RawValue): boolean {
  return isText(a) && isText(b) ? collator.compare(text(a), text(b)) === 0 : a.bytes.equals(b.bytes)
}

function isText({ type }: RawValue): boolean {
  return type === BsonType.string || type === BsonType.symbol
}

/** Between its length and its end. */
function text({ bytes }: RawValue): string {
  return bytes.toString('utf8', 4, bytes.length - 1)
}

function dateKey(ms: bigint): RawValue {
  return int64(BsonType.date, ms)
}

function int64(type: number, value: bigint): RawValue {
  const least = -(2n ** 63n)
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(value < least ? least : value)
  return { type, bytes }
}

function timestampKey(value: bigint): RawValue {
  const greatest = 2n ** 64n - 1n
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value < 0n ? 0n : value > greatest ? greatest : value)
  return { type: BsonType.timestamp, bytes }
}

function objectIdKey(seconds: number): RawValue {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(Math.min(Math.max(seconds, 0), 2 ** 32 - 1))
  return { type: BsonType.objectId, bytes }
}

function double(value: number): RawValue {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return { type: BsonType.double, bytes }
}
