import { expect } from 'chai'
import fc from 'fast-check'
import type { RawValue } from '../../../tap-mongo/bson/raw-value.js'
import { anyValue } from '../../tap-mongo/random-bson.js'
import { compareBson } from './compare.js'
import { rawValue } from './elements.js'
import { order } from './order-facts.js'

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
