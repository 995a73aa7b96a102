import { expect } from 'chai'
import fc from 'fast-check'
import { compare, decimal, isInteger, isMultiple } from '../../target-s3-csv/decimal.js'

/** A number of JSON as sign, digits and power of ten, in one of the ways to write it. */
const numbers = fc
  .record({ value: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), power: fc.integer({ min: -25, max: 25 }) })
  .chain(({ value, power }) => fc.constantFrom(...spellings(value, power)).map((text) => ({ text, value, power })))

function spellings(value: bigint, power: number): readonly string[] {
  const sign = value < 0n ? '-' : ''
  const digits = String(value < 0n ? -value : value)
  const scaled = power < 0 ? digits.padStart(1 - power, '0') : digits + '0'.repeat(power)
  const point = scaled.length + Math.min(power, 0)
  const plain = power < 0 ? `${scaled.slice(0, point)}.${scaled.slice(point)}` : scaled
  return [`${value}e${power}`, `${value}.0E${power}`, `${sign}${plain}`, `${sign}${digits}00e${power - 2}`]
}

/** Times 10^40, as an integer. */
const scaled = ({ value, power }: { value: bigint; power: number }) => value * 10n ** BigInt(power + 40)

describe('target-s3-csv: decimals', () => {
  it('compare as numbers do', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const difference = scaled(a) - scaled(b)
        expect(Math.sign(compare(decimal(a.text), decimal(b.text)))).to.equal(
          difference < 0n ? -1 : difference > 0n ? 1 : 0,
        )
      }),
    )
  })

  it('are multiples as numbers are', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        fc.pre(b.value !== 0n)
        expect(isMultiple(decimal(a.text), decimal(b.text))).to.equal(scaled(a) % scaled(b) === 0n)
      }),
    )
  })

  it('are multiples of what they were multiplied by', () => {
    fc.assert(
      fc.property(numbers, fc.bigInt({ min: -1000n, max: 1000n }), (a, times) => {
        fc.pre(a.value !== 0n)
        expect(isMultiple(decimal(`${a.value * times}e${a.power}`), decimal(a.text))).to.equal(true)
      }),
    )
  })

  it('are integers whatever their spelling', () => {
    fc.assert(
      fc.property(numbers, (a) => {
        expect(isInteger(decimal(a.text))).to.equal(scaled(a) % 10n ** 40n === 0n)
      }),
    )
  })
})
