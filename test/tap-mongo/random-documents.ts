import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'bson'
import fc from 'fast-check'

const keys = ['a', 'b', 'c', 'é', 'x"y', 'a.b', '$d', '__proto__', '']
const scalars: readonly unknown[] = [
  ...[null, undefined, true, false, 'x', '', '"\n', '日本 \u{1f600}', '2024-02-29T00:00:00Z'],
  ...[new Int32(0), new Int32(-2147483648), Long.MAX_VALUE, Long.MIN_VALUE],
  ...[new Double(5), new Double(1.5), new Double(-0), new Double(Number.NaN), new Double(1e300)],
  ...['1.10', 'NaN', '-0E+3', '9.999999999999999999999999999999999E+6144'].map((text) => Decimal128.fromString(text)),
  ...[new Date(0), new Date('2024-02-29T23:59:59.999Z'), new Date(8.64e15)],
  ...[new ObjectId('0123456789abcdef01234567'), new UUID('01234567-89ab-cdef-0123-456789abcdef')],
  ...[new Binary(Buffer.from('ab'), 0), new Binary(Buffer.alloc(16), 3), new Binary(Buffer.from('c'), 128)],
  ...[new Timestamp({ t: 1, i: 2 }), new BSONRegExp('a"', 'i'), new BSONSymbol('s')],
  ...[new Code('f()'), new Code('f()', { a: 1 }), new DBRef('c', new ObjectId('0123456789abcdef01234567'))],
  ...[new MinKey(), new MaxKey()],
]

const { members } = fc.letrec<{ value: unknown; members: Map<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...scalars),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('members'),
  ),
  members: fc
    .tuple(fc.uniqueArray(fc.constantFrom(...keys), { maxLength: 4 }), fc.array(tie('value'), { minLength: 4 }))
    .map(([names, values]) => new Map(names.map((name, i) => [name, values[i] ?? null]))),
}))

/** Few keys, so that they meet; every type of value. */
export const randomDocuments: fc.Arbitrary<Document> = fc
  .tuple(fc.constantFrom(...scalars.filter((value) => !(value instanceof BSONRegExp))), members)
  .map(([id, rest]) => new Map([['_id', id], ...rest]))
