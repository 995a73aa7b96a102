import * as bson from 'bson'
import { type RawValue, rawValueOf } from '../../tap-mongo/bson/raw-value.js'

/** Values that may be an `_id`, of every type but DBPointer, in the order in which the server sorts them. */
export const everyId: readonly RawValue[] = [
  new bson.MinKey(),
  null,
  new bson.Double(Number.NaN),
  new bson.Double(Number.NEGATIVE_INFINITY),
  bson.Decimal128.fromString('-9E+6000'),
  bson.Long.MIN_VALUE,
  new bson.Double(-1.5),
  new bson.Double(-0),
  new bson.Double(5e-324),
  bson.Decimal128.fromString('0.1'),
  new bson.Int32(1),
  bson.Long.fromString('9007199254740992'),
  bson.Long.fromString('9007199254740993'),
  bson.Long.MAX_VALUE,
  new bson.Double(Number.POSITIVE_INFINITY),
  '',
  'a',
  new bson.BSONSymbol('b'),
  'b\0c',
  'é',
  '💡',
  new Map(),
  new Map([['z', null]]),
  new Map([['$a', 1]]),
  new Map([['$gt', 0]]),
  new Map([
    ['1', 1],
    ['2', 2],
  ]),
  new Map([
    ['2', 1],
    ['1', 2],
  ]),
  new Map([['__proto__', 1]]),
  new Map([['a', 1]]),
  new Map([['a', 'x']]),
  new Map([['a', [1, 'x']]]),
  new bson.Binary(Buffer.alloc(0)),
  new bson.Binary(Buffer.alloc(0), 128),
  new bson.Binary(Buffer.from('a')),
  new bson.Binary(Buffer.from('a'), 2),
  new bson.Binary(Buffer.alloc(16), 3),
  new bson.UUID('00000000-0000-4000-8000-000000000000'),
  new bson.ObjectId('000000000000000000000000'),
  new bson.ObjectId('507f1f77bcf86cd799439011'),
  false,
  true,
  raw(0x09, '0000000000000080'),
  new Date(-1),
  new Date(0),
  raw(0x09, 'ffffffffffffff7f'),
  new bson.Timestamp({ t: 0, i: 1 }),
  new bson.Timestamp({ t: 0xffff_ffff, i: 0xffff_ffff }),
  new bson.Code(''),
  new bson.Code('x'),
  new bson.Code('', new Map()),
  new bson.MaxKey(),
].map((value) => (isRaw(value) ? value : rawValueOf(value)))

/** BSON of `{ [name]: value }`. */
export function documentWith(name: string, { type, bytes }: RawValue): Buffer {
  const element = Buffer.concat([Buffer.from([0, 0, 0, 0, type]), Buffer.from(`${name}\0`), bytes, Buffer.from([0])])
  element.writeInt32LE(element.length)
  return element
}

export function raw(type: number, hex: string): RawValue {
  return { type, bytes: Buffer.from(hex, 'hex') }
}

export function titleOf({ type, bytes }: RawValue): string {
  return `type ${type}, ${bytes.length > 0 ? bytes.toString('hex') : 'empty'}`
}

function isRaw(value: unknown): value is RawValue {
  return typeof value === 'object' && value !== null && 'type' in value && 'bytes' in value
}
