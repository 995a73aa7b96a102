import { expect } from 'chai'
import fc from 'fast-check'
import { Decimal128 } from 'mongodb'
import { documentOf } from './random-bson.js'
import { jsonOf } from './writing-json.js'

/** Sign and exponent of the form for coefficients below 2^113, or the one that stands for 0. */
const bits = fc.record({
  coefficient: fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 53n + 2n }),
    fc.bigInt({ min: 0n, max: 10n ** 34n }),
    fc.bigInt({ min: 0n, max: 2n ** 113n - 1n }),
    fc.nat(33).map((power) => 10n ** BigInt(power)),
  ),
  exponent: fc.oneof(fc.integer({ min: 0, max: 12287 }), fc.integer({ min: 6176 - 45, max: 6176 + 3 })),
  isNegative: fc.boolean(),
  isLarge: fc.boolean(),
})

describe('tap-mongo Decimal128', () => {
  it('is written as the driver prints it, whatever the bits', () => {
    fc.assert(
      fc.property(bits, ({ coefficient, exponent, isNegative, isLarge }) => {
        const form = isLarge ? (3n << 125n) | (BigInt(exponent) << 111n) : BigInt(exponent) << 113n
        const value = form | (isLarge ? coefficient % 2n ** 111n : coefficient) | (isNegative ? 1n << 127n : 0n)
        check(value)
      }),
      { numRuns: 5000 },
    )
  })

  it('is written as the driver prints it at the ends of exponents and digits', () => {
    for (let digits = 1; digits <= 34; digits++) {
      for (const exponent of [-6176, -40, -35, -34, -33, -8, -7, -6, -1, 0, 1, 34, 6111]) {
        const coefficient = BigInt('1234567890123456789012345678901234'.slice(0, digits))
        check((BigInt(exponent + 6176) << 113n) | coefficient)
        check((1n << 127n) | (BigInt(exponent + 6176) << 113n) | (10n ** BigInt(digits) - 1n))
        check(BigInt(exponent + 6176) << 113n)
      }
    }
  })
})

function check(value: bigint): void {
  const bytes = Buffer.from(value.toString(16).padStart(32, '0'), 'hex').reverse()
  const decimal = new Decimal128(bytes)
  const text = decimal.toString()
  const isNumber = /^-?\d/.test(text)
  const json = jsonOf(documentOf([['a', decimal]]))
  expect(json).to.equal(`{"a":${isNumber ? text : 'null'}}`)
  JSON.parse(json)
}
