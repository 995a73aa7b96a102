import fc from 'fast-check'
import * as bson from 'mongodb'

export type Field = [string, unknown]

/** BSON of these fields in this order, equal names too. */
export function documentOf(fields: readonly Field[]): Buffer {
  const elements = fields.map(([name, value]) => {
    const element = bson.BSON.serialize(new Map([[name, value]]))
    return Buffer.from(element.subarray(4, -1))
  })
  return documentAround(Buffer.concat(elements).toString('hex'))
}

export function documentAround(hexOfElements: string): Buffer {
  const document = Buffer.from(`00000000${hexOfElements}00`, 'hex')
  document.writeInt32LE(document.length)
  return document
}

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
const noZero = text.map((any) => any.replaceAll('\0', ''))
const name = fc.oneof(noZero, fc.constantFrom('', '$a', 'a.b', '__proto__', '10', '2', 'constructor', '"', '\n'))
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const int64 = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.integer().map(BigInt))

/** 16 bytes are any Decimal128: NaN, infinities, coefficients that are too great and count as 0. */
const decimal = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => new bson.Decimal128(bytes)),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 34n) + 1n, max: 10n ** 34n - 1n }), fc.integer({ min: -60, max: 60 }))
    .map(([digits, exponent]) => bson.Decimal128.fromString(`${digits}E${exponent}`)),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => bson.Decimal128.fromString((cents / 100).toFixed(2))),
)

const subtype = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 128, 255)
const binary = fc.oneof(
  fc.tuple(fc.uint8Array(), subtype).map(([bytes, kind]) => new bson.Binary(bytes, kind)),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => new bson.Binary(bytes, 4)),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => new bson.Binary(bytes, 3)),
)

const double = fc.oneof(
  fc.double(),
  fc.integer().map((n) => n / 100),
  fc
    .tuple(fc.maxSafeInteger(), fc.integer({ min: -22, max: 5 }))
    .map(([digits, power]) => Number(`${digits}e${power}`)),
  fc.constantFrom(-0, 5e-324, 1e21, 1e-7, 1e-6, 123456789012345680000),
)

/** What the driver serialises, of every type but the deprecated DBPointer and undefined. */
export const { value: anyValue, document: anyDocument } = fc.letrec<{ value: unknown; document: Field[] }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: text },
    double.map((any) => new bson.Double(any)),
    fc.integer().map((any) => new bson.Int32(any)),
    int64.map((any) => bson.Long.fromBigInt(any)),
    decimal,
    binary,
    fc.date({ noInvalidDate: true }),
    fc.boolean(),
    fc.constantFrom(null, new bson.MinKey(), new bson.MaxKey()),
    fc.uint8Array({ minLength: 12, maxLength: 12 }).map((any) => new bson.ObjectId(any)),
    fc.tuple(uint32, uint32).map(([t, i]) => new bson.Timestamp({ t, i })),
    fc
      .tuple(noZero, fc.constantFrom('', 'i', 'im', 'ims'))
      .map(([pattern, flags]) => new bson.BSONRegExp(pattern, flags)),
    text.map((any) => new bson.BSONSymbol(any)),
    text.map((any) => new bson.Code(any)),
    fc.tuple(text, tie('document')).map(([code, scope]) => new bson.Code(code, new Map(scope))),
    tie('document').map((fields) => new Map(fields)),
    fc.array(tie('value'), { maxLength: 5 }),
  ),
  document: fc.array(fc.tuple(name, tie('value')), { maxLength: 6 }),
}))
