import { Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'bson'
import { expect } from 'chai'
import fc from 'fast-check'
import { rawValueOf } from '../../tap-mongo/bson/raw-value.js'
import { compareKeys, keyAt, keyBefore } from '../../tap-mongo/key-order.js'
import { compareBson } from '../support/mongo/compare.js'

const small = fc.integer({ min: -3, max: 3 })
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const number = fc.oneof(
  small.map((n) => new Int32(n)),
  fc.oneof(small, fc.double()).map((n) => new Double(n)),
  fc.oneof(small.map(BigInt), int64).map((n) => Long.fromBigInt(n)),
  fc.tuple(small, small).map(([digits, exponent]) => Decimal128.fromString(`${digits}E${exponent}`)),
)
/** Keys whose order the tap knows. */
const known = fc.oneof(
  number,
  fc.boolean(),
  fc.oneof(small, fc.integer()).map((ms) => new Date(ms)),
  fc.tuple(fc.oneof(uint32, fc.constant(5)), uint32).map(([t, i]) => new Timestamp({ t, i })),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
)
const any = fc.oneof(
  known,
  fc.string({ maxLength: 3 }).map((text) => text.replaceAll('\0', '')),
  fc.uint8Array({ maxLength: 2 }).map((bytes) => Buffer.from(bytes)),
)

describe('tap-mongo key order', () => {
  it('takes as one what is one to the server, of whatever type', () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        const [first, second] = [rawValueOf(a), rawValueOf(b)]
        if (compareBson(first, second) === 0) expect(compareKeys(first, second)).to.equal(0)
        expect(compareKeys(first, first)).to.equal(0)
      }),
    )
  })

  it('never has the order of the server the other way round', () => {
    fc.assert(
      fc.property(known, known, (a, b) => {
        const [first, second] = [rawValueOf(a), rawValueOf(b)]
        expect(Math.sign(compareKeys(first, second)) * -Math.sign(compareBson(first, second))).to.be.at.most(0)
      }),
    )
  })

  it('takes texts as one that a collation may take as one', () => {
    expect(compareKeys(rawValueOf('Résumé'), rawValueOf('resume'))).to.equal(0)
    expect(compareKeys(rawValueOf('a'), rawValueOf('b'))).to.not.equal(0)
  })

  const least = Buffer.from('0000000000000080', 'hex')
  // biome-ignore format: one fact a line
  const distances: readonly (readonly [title: string, value: unknown, distance: number, before: unknown])[] = [
    ['milliseconds of dates', new Date(1000), 0.25, new Date(750)],
    ['whole seconds of timestamps', new Timestamp({ t: 10, i: 3 }), 1.5, new Timestamp({ t: 8, i: 3 })],
    ['no timestamp below the first', new Timestamp({ t: 1, i: 3 }), 5, new Timestamp({ t: 0, i: 0 })],
    ['seconds of ObjectIds', new ObjectId('0000000a0102030405060708'), 3, new ObjectId('000000070000000000000000')],
    ['no ObjectId below the first', new ObjectId('0000000a0102030405060708'), 11, new ObjectId('0'.repeat(24))],
    ['digits that no double holds', Long.fromString('9007199254740993'), 2, Long.fromString('9007199254740991')],
    ['no int64 below the first', Long.MIN_VALUE, 1, Long.fromBytesLE([...least])],
    ['differences of doubles', new Double(1.5), 2, new Double(-0.5)],
    ['of an int32 a double, which has room', new Int32(-2147483648), 1, new Double(-2147483649)],
    ['nothing for texts', 'b', 1, undefined],
    ['nothing for booleans', true, 1, undefined],
  ]
  for (const [title, value, distance, before] of distances) {
    it(`goes back by ${title}`, () => {
      const found = keyBefore(rawValueOf(value), distance)
      expect(found).to.deep.equal(before === undefined ? undefined : rawValueOf(before))
    })
  }

  it('finds the first key of an instant', () => {
    expect(keyAt(rawValueOf(new Date()).type, 1500)).to.deep.equal(rawValueOf(new Date(1500)))
    expect(keyAt(rawValueOf(new Timestamp(0n)).type, 1500)).to.deep.equal(rawValueOf(new Timestamp({ t: 2, i: 0 })))
    expect(keyAt(rawValueOf(new ObjectId()).type, 2000)).to.deep.equal(rawValueOf(ObjectId.createFromTime(2)))
    expect(keyAt(rawValueOf(5).type, 1500)).to.equal(undefined)
  })

  it('finds the last key where the instant is later than all', () => {
    const later = Date.UTC(9999, 11, 31)
    expect(keyAt(rawValueOf(new Timestamp(0n)).type, later)).to.deep.equal(rawValueOf(new Timestamp(2n ** 64n - 1n)))
    const objectId = `ffffffff${'0'.repeat(16)}`
    expect(keyAt(rawValueOf(new ObjectId()).type, later)).to.deep.equal(rawValueOf(new ObjectId(objectId)))
  })
})
