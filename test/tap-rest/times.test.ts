import { expect } from 'chai'
import fc from 'fast-check'
import type { Duration, TimeFormat } from '../../tap-rest/settings/plan.js'
import { compareDecimals, decimalText, parseDecimal, unitsAt } from '../../tap-rest/sync/decimal.js'
import { addDuration, formatInstant, type Instant, parseInstant, parsePattern } from '../../tap-rest/sync/times.js'

const instant = (text: string): Instant => {
  const found = parseInstant(text)
  if (!found) throw new Error(`${text} is no time`)
  return found
}

describe('tap-rest times', () => {
  const read: readonly [text: string, seconds: string][] = [
    ['1970-01-01T00:00:00Z', '0'],
    ['2024-02-29T12:00:00Z', '1709208000'],
    ['2024-02-29 12:00:00', '1709208000'],
    ['2024-02-29T12:00:00.123456789Z', '1709208000.123456789'],
    ['2024-02-29T12:00:00.5000+01:30', '1709202600.5000'],
    ['2024-02-29T12:00:00,5-0230', '1709217000.5'],
    ['2024-02-29T12:00:00+02', '1709200800'],
    ['2024-02-29T12:00Z', '1709208000'],
    ['2024-02-29 12:00:00 UTC', '1709208000'],
    ['2024-02-29', '1709164800'],
    ['1969-12-31T23:59:59.25Z', '-0.75'],
    ['Thu, 29 Feb 2024 12:00:00 GMT', '1709208000'],
  ]
  for (const [text, seconds] of read) {
    it(`reads ${text} as ${seconds}`, () => expect(decimalText(instant(text))).to.equal(seconds))
  }

  for (const text of [
    '',
    'never',
    '12',
    '2024',
    '2024-13-01',
    '2024-01-01T25:00:00Z',
    'v2024-01-01',
    '2024-01-01 or so',
  ]) {
    it(`does not take ${JSON.stringify(text)} for a time`, () => expect(parseInstant(text)).to.equal(undefined))
  }

  const written: readonly [text: string, format: TimeFormat, out: string | number][] = [
    ['2024-02-29T12:00:00.120Z', 'iso', '2024-02-29T12:00:00.120+00:00'],
    ['2024-02-29T12:00:00+02:00', 'iso', '2024-02-29T10:00:00+00:00'],
    ['2024-02-29T12:00:00.123456789Z', 'iso_z', '2024-02-29T12:00:00.123456789Z'],
    ['2024-02-29T12:00:00.9Z', 'date', '2024-02-29'],
    ['2024-02-29T12:00:00.9Z', 'epoch', 1709208000],
    ['1969-12-31T23:59:59.5Z', 'epoch', -1],
    ['2024-02-29T12:00:00.9876Z', 'epoch_ms', 1709208000987],
    ['2024-02-29T12:00:00.9Z', 'strftime:%Y%m%d', '20240229'],
    ['2024-02-29T12:00:00.000789Z', 'strftime:%d/%b/%Y %H:%M:%S.%f %z', '29/Feb/2024 12:00:00.000789 +0000'],
    ['2024-02-29T12:00:00Z', 'strftime:%j day of %y, %I %p, 100%%', '060 day of 24, 12 PM, 100%'],
    ['2024-02-29T12:00:00Z', 'strftime:%F %T', '2024-02-29 12:00:00'],
    ['2024-02-29T12:00:00Z', 'strftime:%s', '1709208000'],
  ]
  for (const [text, format, out] of written) {
    it(`writes ${text} as ${format}: ${out}`, () => expect(formatInstant(instant(text), format)).to.equal(out))
  }

  it('reads what strftime wrote', () => {
    const patterns = ['%Y-%m-%dT%H:%M:%S.%f', '%d %B %Y, %I:%M:%S.%f %p', '%s.%f', '%j/%Y %T.%f', '[%F] (%T) %f?']
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        fc.constantFrom(...patterns),
        (date, pattern) => {
          const at = { units: BigInt(date.getTime()), scale: 3 }
          const text = String(formatInstant(at, `strftime:${pattern}`))
          const again = parsePattern(text, `strftime:${pattern}`)
          expect(again && unitsAt(again, 3)).to.equal(at.units)
        },
      ),
    )
  })

  it('says which directive strftime does not know', () => {
    expect(() => formatInstant(instant('2024-01-01'), 'strftime:%Q')).to.throw('there is no %Q; known are %Y')
  })

  const durations: readonly [from: string, duration: Duration, to: string][] = [
    ['2024-01-31', { months: 1, ms: 0 }, '2024-02-29T00:00:00Z'],
    ['2024-03-31', { months: -1, ms: 0 }, '2024-02-29T00:00:00Z'],
    ['2024-12-15T10:00:00.25Z', { months: 2, ms: 1 }, '2025-02-15T10:00:00.251Z'],
    ['2024-03-01', { months: 0, ms: -1000 }, '2024-02-29T23:59:59Z'],
    ['2024-01-01T00:00:00.000000001Z', { months: 0, ms: -1 }, '2023-12-31T23:59:59.999000001Z'],
  ]
  for (const [from, duration, to] of durations) {
    it(`counts ${duration.months} months and ${duration.ms} ms from ${from} to ${to}`, () => {
      expect(compareDecimals(addDuration(instant(from), duration), instant(to))).to.equal(0)
    })
  }
})

describe('tap-rest decimals', () => {
  const order: readonly [a: string, b: string, sign: number][] = [
    ['9007199254740993', '9007199254740992', 1],
    ['12345678901234567890123', '12345678901234567890124', -1],
    ['1.10', '1.1', 0],
    ['-1.5', '-1.49', -1],
    ['1e3', '1000', 0],
    ['1e-400', '0', 1],
  ]
  for (const [a, b, sign] of order) {
    it(`compares ${a} with ${b}`, () => {
      const [left, right] = [parseDecimal(a), parseDecimal(b)]
      expect(left && right && compareDecimals(left, right)).to.equal(sign)
    })
  }

  it('has no number in other texts', () => {
    for (const text of ['', 'x', '1.', '0x10', '1e99999', '--1', '1 ']) expect(parseDecimal(text)).to.equal(undefined)
  })

  it('keeps digits and text', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: 0, max: 30 }), (units, scale) => {
        expect(parseDecimal(decimalText({ units, scale }))).to.deep.equal({ units, scale })
      }),
    )
  })
})
