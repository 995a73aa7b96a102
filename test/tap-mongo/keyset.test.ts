import { serialize } from 'bson'
import { expect } from 'chai'
import fc from 'fast-check'
import { SourceError } from '../../singer/index.js'
import { BsonType } from '../../tap-mongo/bson/bson-type.js'
import { type RawValue, rawValueOf } from '../../tap-mongo/bson/raw-value.js'
import { at, before, behind, behindBoth, type Filter, from, inRange, upTo } from '../../tap-mongo/keyset.js'
import { compareBson } from '../support/mongo/compare.js'
import { matcher } from '../support/mongo/match.js'
import { documentWith, everyId, raw, titleOf } from './every-id.js'
import { anyValue } from './random-bson.js'

const filters: Readonly<Record<string, [(path: string, value: RawValue) => Filter, (order: number) => boolean]>> = {
  behind: [behind, (order) => order > 0],
  from: [from, (order) => order >= 0],
  'up to': [upTo, (order) => order <= 0],
  before: [before, (order) => order < 0],
  at: [at, (order) => order === 0],
}

describe('tap-mongo keyset', () => {
  const documents = [...everyId, undefinedValue(), raw(BsonType.regex, '610000')]

  for (const [name, [filterOf, isWanted]] of Object.entries(filters)) {
    it(`finds what is ${name} each value, among values of every type`, () => {
      for (const bound of everyId) {
        const matches = matcher(asSent(filterOf('field', bound)))
        for (const value of documents) {
          const title = `${titleOf(value)} ${name} ${titleOf(bound)}`
          expect(matches(documentWith('field', value)), title).to.equal(isWanted(compareBson(value, bound)))
        }
      }
    })
  }

  it('agrees with the full order of BSON for any two values', () => {
    const comparable = anyValue.map(rawValueOf).filter(({ type }) => type !== BsonType.array)
    const bounds = comparable.filter(({ type }) => type !== BsonType.regex)
    fc.assert(
      fc.property(
        comparable,
        bounds,
        fc.constantFrom(...Object.values(filters)),
        (value, bound, [filterOf, isWanted]) => {
          const matches = matcher(asSent(filterOf('field', bound)))
          expect(matches(documentWith('field', value))).to.equal(isWanted(compareBson(value, bound)))
          expect(matches(documentWith('other', value))).to.equal(false)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('takes a range of several types apart into one union', () => {
    for (const [first, lower] of everyId.entries()) {
      for (const [last, upper] of everyId.entries()) {
        const filter = inRange('_id', { value: lower, isIn: false }, { value: upper, isIn: true })
        expect(found(filter), `${titleOf(lower)} to ${titleOf(upper)}`).to.deep.equal(
          everyId.flatMap((_, place) => (place > first && place <= last ? [place] : [])),
        )
      }
    }
  })

  it('follows dotted paths', () => {
    const matches = matcher(asSent(behind('a.b', rawValueOf(1))))
    const nested = (value: unknown) => Buffer.from(serialize({ a: { b: value } }))
    expect([0, 1, 2, 'x', null].map((value) => matches(nested(value)))).to.deep.equal([false, false, true, true, false])
  })

  it('goes on by a field and _id, where documents without the field stand with those that hold null', () => {
    const keys: readonly (RawValue | undefined)[] = [undefinedValue(), undefined, ...everyId]
    const places = keys.flatMap((key) => [key, key].map((value, i) => ({ key: value, id: rawValueOf(i) })))
    for (const { key, id } of places) {
      const matches = matcher(asSent(behindBoth('k', { value: key, id })))
      for (const other of places) {
        const fields = other.key ? documentWith('k', other.key) : Buffer.from([5, 0, 0, 0, 0])
        const order = compareBson(other.key ?? rawValueOf(null), key ?? rawValueOf(null)) || compareBson(other.id, id)
        const title = `${other.key && titleOf(other.key)} behind ${key && titleOf(key)}`
        expect(matches(joined(fields, documentWith('_id', other.id))), title).to.equal(order > 0)
      }
    }
  })

  const placeless: readonly [string, RawValue][] = [
    ['an array', rawValueOf([1])],
    ['a regular expression', raw(BsonType.regex, '610000')],
    ['a DBPointer', raw(BsonType.dbPointer, '020000006100000000000000000000000000')],
  ]
  for (const [title, value] of placeless) {
    it(`stops at ${title}, and says which field and what to do`, () => {
      expect(() => behind('a.key', value)).to.throw(SourceError, /a\.key.*setting filter/)
    })
  }

  it('compares with a document that looks like an operator as a value', () => {
    expect(at('_id', rawValueOf(new Map([['$gt', 1]])))._id).to.have.all.keys('$eq')
  })

  function found(filter: Filter): number[] {
    const matches = matcher(asSent(filter))
    return everyId.flatMap((value, place) => (matches(documentWith('_id', value)) ? [place] : []))
  }
})

function asSent(filter: Filter): Buffer {
  return Buffer.from(serialize(filter))
}

function undefinedValue(): RawValue {
  return { type: BsonType.undefined, bytes: Buffer.alloc(0) }
}

function joined(one: Buffer, other: Buffer): Buffer {
  const document = Buffer.concat([one.subarray(0, -1), other.subarray(4)])
  document.writeInt32LE(document.length)
  return document
}
