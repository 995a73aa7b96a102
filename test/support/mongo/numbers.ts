import { BsonType } from '../../../tap-mongo/bson/bson-type.js'
import type { RawValue } from '../../../tap-mongo/bson/raw-value.js'

/** Compares int32, int64, double and Decimal128 by their exact values; NaN is equal to NaN and below all others. */
export function compareNumbers(a: RawValue, b: RawValue): number {
  const [x, y] = [asDouble(a), asDouble(b)]
  if (x !== undefined && y !== undefined) return compareDoubles(x, y)
  const [left, right] = [exact(a), exact(b)]
  if (typeof left === 'number' || typeof right === 'number') return rank(left) - rank(right)
  return compareExact(left, right)
}

export function isNaNValue({ type, bytes }: RawValue): boolean {
  if (type === BsonType.double) return Number.isNaN(bytes.readDoubleLE(0))
  return type === BsonType.decimal128 && Number.isNaN(exactDecimal(bytes))
}

/** What a double holds exactly by its type. */
function asDouble({ type, bytes }: RawValue): number | undefined {
  if (type === BsonType.int32) return bytes.readInt32LE(0)
  return type === BsonType.double ? bytes.readDoubleLE(0) : undefined
}

function compareDoubles(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a))
  return a === b ? 0 : a < b ? -1 : 1
}

/** coefficient × 10^exponent */
interface Exact {
  readonly coefficient: bigint
  readonly exponent: number
}

/** NaN and the infinities as a number. */
function exact({ type, bytes }: RawValue): Exact | number {
  if (type === BsonType.int32) return { coefficient: BigInt(bytes.readInt32LE(0)), exponent: 0 }
  if (type === BsonType.int64) return { coefficient: bytes.readBigInt64LE(0), exponent: 0 }
  return type === BsonType.double ? exactDouble(bytes.readDoubleLE(0)) : exactDecimal(bytes)
}

// A double is m × 2^e; with e below 0 that is m × 5^-e × 10^e.
function exactDouble(value: number): Exact | number {
  if (!Number.isFinite(value)) return value
  if (Number.isInteger(value)) return { coefficient: BigInt(value), exponent: 0 }
  let [scaled, shift] = [value, 0]
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    shift++
  }
  return { coefficient: BigInt(scaled) * 5n ** BigInt(shift), exponent: -shift }
}

// Binary integer decimal: https://github.com/mongodb/specifications/blob/master/source/bson-decimal128/decimal128.md
function exactDecimal(bytes: Buffer): Exact | number {
  const [low, high] = [bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(8)]
  const isNegative = high >> 63n === 1n
  const combination = Number((high >> 58n) & 0x1fn)
  if (combination === 0x1f) return Number.NaN
  if (combination === 0x1e) return isNegative ? -Infinity : Infinity
  // The form for coefficients of more than 34 digits: they count as 0.
  if (combination >= 0x18) return { coefficient: 0n, exponent: 0 }
  const digits = ((high & 0x1ffffffffffffn) << 64n) | low
  const coefficient = digits >= 10n ** 34n ? 0n : digits
  return { coefficient: isNegative ? -coefficient : coefficient, exponent: Number((high >> 49n) & 0x3fffn) - 6176 }
}

function rank(value: Exact | number): number {
  if (typeof value !== 'number') return 2
  if (Number.isNaN(value)) return 0
  return value < 0 ? 1 : 3
}

function compareExact(a: Exact, b: Exact): number {
  const [signA, signB] = [sign(a.coefficient), sign(b.coefficient)]
  if (signA !== signB || signA === 0) return signA - signB
  const magnitude = size(a) - size(b)
  if (magnitude !== 0) return magnitude * signA
  const exponent = Math.min(a.exponent, b.exponent)
  return sign(scaled(a, exponent) - scaled(b, exponent))
}

function sign(value: bigint): number {
  return value === 0n ? 0 : value < 0n ? -1 : 1
}

/** How many digits stand before the decimal point. */
function size({ coefficient, exponent }: Exact): number {
  return String(coefficient < 0n ? -coefficient : coefficient).length + exponent
}

function scaled({ coefficient, exponent }: Exact, target: number): bigint {
  return coefficient * 10n ** BigInt(exponent - target)
}
