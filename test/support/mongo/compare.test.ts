import * as bson from 'bson'
import { expect } from 'chai'
import fc from 'fast-check'
import type { RawValue } from '../../../tap-mongo/bson/raw-value.js'
import { anyValue } from '../../tap-mongo/random-bson.js'
import { compareBson } from './compare.js'
import { rawValue } from './elements.js'

const decimal = (text: string) => bson.Decimal128.fromString(text)
const double = (value: number) => new bson.Double(value)
const long = (text: string) => bson.Long.fromString(text)
const binary = (subtype: number, ...bytes: number[]) => new bson.Binary(Buffer.from(bytes), subtype)
const id = (digit: string) => new bson.ObjectId(digit.repeat(24))

/** Rising from row to row; values of one row are equal. */
const order: unknown[][] = [
  [new bson.MinKey()],
  [undefined],
  [null],
  [double(Number.NaN), decimal('NaN')],
  [double(-Infinity), decimal('-Infinity')],
  [decimal('-9.999999999999999999999999999999999E+6144')],
  [double(-Number.MAX_VALUE)],
  [long('-9223372036854775808'), double(-(2 ** 63)), decimal('-9223372036854775808')],
  [-1],
  [decimal('-1E-6176')],
  [0, double(-0), double(0), decimal('-0'), decimal('0E+6000'), long('0')],
  [decimal('1E-6176')],
  [double(5e-324)],
  [decimal('0.1')],
  [double(0.1)],
  [decimal('0.1000000000000000055511151231257828')],
  [1, double(1), long('1'), decimal('1.000')],
  [1.5, decimal('1.50')],
  [double(9007199254740992), long('9007199254740992')],
  [long('9007199254740993'), decimal('9007199254740993')],
  [long('9223372036854775807')],
  [double(2 ** 63)],
  [double(1e300)],
  [decimal('1E+6144')],
  [double(Infinity), decimal('Infinity')],
  [''],
  ['A'],
  ['a', new bson.BSONSymbol('a')],
  ['a\0'],
  ['aa'],
  ['\uffff'],
  ['\u{10000}'],
  [{}],
  [{ a: 1 }, { a: double(1) }],
  [{ a: 1, b: 0 }],
  [{ a: 2 }],
  [{ b: 1 }],
  [{ a: 'x' }],
  [[]],
  [[1]],
  [[1, 2]],
  [['a']],
  [binary(0)],
  [binary(4)],
  [binary(0, 255)],
  [binary(4, 0)],
  [binary(0, 0, 0)],
  [id('0')],
  [id('f')],
  [false],
  [true],
  [new Date(-8.64e15)],
  [new Date(0)],
  [new Date(8.64e15)],
  [new bson.Timestamp({ t: 0, i: 1 })],
  [new bson.Timestamp({ t: 1, i: 0 })],
  [new bson.Timestamp({ t: 4294967295, i: 0 })],
  [new bson.BSONRegExp('a')],
  [new bson.BSONRegExp('a', 'i')],
  [new bson.BSONRegExp('ab')],
  [new bson.Code('a')],
  [new bson.Code('b')],
  [new bson.Code('a', { x: 1 })],
  [new bson.Code('a', { x: 2 })],
  [new bson.Code('b', {})],
  [new bson.MaxKey()],
]

describe('order of BSON values', () => {
  // The driver writes no undefined.
  const raw = (value: unknown): RawValue =>
    value === undefined ? { type: 6, bytes: Buffer.alloc(0) } : rawValue(value)
  const rows = order.flatMap((values, place) => values.map((value) => ({ place, value: raw(value) })))

  it('is that of the table, for every pair', () => {
    for (const a of rows) {
      for (const b of rows) {
        const title = `rows ${a.place} and ${b.place}`
        expect(Math.sign(compareBson(a.value, b.value)), title).to.equal(Math.sign(a.place - b.place))
      }
    }
  })

  it('is one order: antisymmetric and transitive', () => {
    const value = anyValue.map(rawValue)
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        expect(Math.sign(compareBson(a, b))).to.equal(-Math.sign(compareBson(b, a)) + 0)
        const [first, second, third] = [a, b, c].sort(compareBson)
        if (first && second && third) expect(compareBson(first, third)).to.be.at.most(0)
        expect(compareBson(a, a)).to.equal(0)
      }),
    )
  })
})
