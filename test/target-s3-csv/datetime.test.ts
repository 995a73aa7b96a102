import { expect } from 'chai'
import fc from 'fast-check'
import type { DialectSettings } from '../../target-s3-csv/csv.js'
import { cellOf, failure } from './scanning.js'

const dateTime = { type: ['null', 'string'], format: 'date-time' }
const seconds = 'YYYY-MM-DD HH:MM:SS'
const micros = 'YYYY-MM-DD HH:MM:SS.ffffff'

/** Pattern, value, cell; undefined: an invalid record. */
const facts: readonly (readonly [string, string, string | undefined])[] = [
  [seconds, '2020-06-01T12:00:00Z', '2020-06-01 12:00:00'],
  [seconds, '2020-06-01T12:00:00.999999Z', '2020-06-01 12:00:00'],
  [seconds, '2020-06-01t12:00:00z', '2020-06-01 12:00:00'],
  [seconds, '2020-06-01 12:00:00', '2020-06-01 12:00:00'],
  [seconds, '2020-06-01T12:00:00', '2020-06-01 12:00:00'],
  [seconds, '2020-06-01T12:00:00+00:00', '2020-06-01 12:00:00'],
  [seconds, '2020-06-01T12:00:00-00:00', '2020-06-01 12:00:00'],
  [seconds, '2020-06-01T12:00:00+02:00', '2020-06-01 10:00:00'],
  [seconds, '2020-06-01T12:00:00+0530', '2020-06-01 06:30:00'],
  [seconds, '2020-06-01T00:30:00+01:00', '2020-05-31 23:30:00'],
  [seconds, '2020-03-01T00:30:00+01:00', '2020-02-29 23:30:00'],
  [seconds, '2021-03-01T00:30:00+01:00', '2021-02-28 23:30:00'],
  [seconds, '2020-01-01T00:30:00+01:00', '2019-12-31 23:30:00'],
  [seconds, '2020-12-31T23:30:00-01:00', '2021-01-01 00:30:00'],
  [seconds, '2020-02-29T23:30:00-01:00', '2020-03-01 00:30:00'],
  [seconds, '1900-02-28T23:30:00-01:00', '1900-03-01 00:30:00'],
  [seconds, '2000-02-28T23:30:00-01:00', '2000-02-29 00:30:00'],
  [seconds, '2016-12-31T23:59:60Z', '2016-12-31 23:59:60'],
  [seconds, '0001-01-01T00:00:00Z', '0001-01-01 00:00:00'],
  [seconds, '9999-12-31T23:59:59Z', '9999-12-31 23:59:59'],
  [micros, '2020-06-01T12:00:00Z', '2020-06-01 12:00:00.000000'],
  [micros, '2020-06-01T12:00:00.1Z', '2020-06-01 12:00:00.100000'],
  [micros, '2020-06-01T12:00:00.123456789Z', '2020-06-01 12:00:00.123456'],
  [micros, '2020-06-01T12:00:00.123456+01:00', '2020-06-01 11:00:00.123456'],
  ['YYYY-MM-DDTHH:MM:SS.fffZ', '2020-06-01T12:00:00.98765Z', '2020-06-01T12:00:00.987Z'],
  ['DD/MM/YYYY', '2020-06-01T12:00:00Z', '01/06/2020'],
  ['YYYYMMDDHHMMSSf', '2020-06-01T12:34:56.7Z', '202006011234567'],
  ['YYYY-MM-DD, HH:MM', '2020-06-01T12:34:56Z', '"2020-06-01, 12:34"'],
  [seconds, '2020-06-01', undefined],
  [seconds, '', undefined],
  [seconds, '2020-06-01T12:00', undefined],
  [seconds, '2020-06-01T24:00:00Z', undefined],
  [seconds, '2020-06-01T12:60:00Z', undefined],
  [seconds, '2020-06-01T12:00:61Z', undefined],
  [seconds, '2020-00-01T12:00:00Z', undefined],
  [seconds, '2020-13-01T12:00:00Z', undefined],
  [seconds, '2020-06-31T12:00:00Z', undefined],
  [seconds, '2021-02-29T12:00:00Z', undefined],
  [seconds, '1900-02-29T12:00:00Z', undefined],
  [seconds, '0000-00-00T00:00:00Z', undefined],
  [seconds, '2020-06-01T12:00:00.Z', undefined],
  [seconds, '2020-06-01T12:00:00.1', '2020-06-01 12:00:00'],
  [seconds, '2020-06-01T12:00:00+2:00', undefined],
  [seconds, '2020-06-01T12:00:00+24:00', undefined],
  [seconds, '2020-06-01T12:00:00+01:60', undefined],
  [seconds, '2020-06-01T12:00:00+01', undefined],
  [seconds, '2020-06-01T12:00:00ZZ', undefined],
  [seconds, '2020-06-01T12:00:00 UTC', undefined],
  [seconds, '2020/06/01T12:00:00Z', undefined],
  [seconds, '+12020-06-01T12:00:00Z', undefined],
  [seconds, '0000-01-01T00:00:00+01:00', undefined],
  [seconds, '9999-12-31T23:59:59-01:00', undefined],
  [seconds, 'yesterday, at noon, or so', undefined],
]

function cell(pattern: string, value: string): string | undefined {
  const work = () => cellOf(dateTime, JSON.stringify(value), { datetime: pattern })
  try {
    return work()
  } catch {
    expect(failure(work).message).to.include('line 2').and.include('column v is no date-time')
    return undefined
  }
}

describe('target-s3-csv: datetime', () => {
  for (const [pattern, value, expected] of facts) {
    it(`${pattern}: ${value || 'an empty string'} → ${expected ?? 'an invalid record'}`, () => {
      expect(cell(pattern, value)).to.equal(expected)
    })
  }

  it('is a null, or other than a string, as it was', () => {
    expect(cellOf(dateTime, 'null', { datetime: seconds })).to.equal('')
    expect(cellOf({ ...dateTime, type: ['string', 'integer'] }, '5', { datetime: seconds })).to.equal('5')
  })

  it('is read in escapes, too', () => {
    expect(cellOf(dateTime, '"2020-06-01T12:00:00\\u002b01:00"', { datetime: seconds })).to.equal('2020-06-01 11:00:00')
  })

  it('changes nothing but date-times', () => {
    const settings: DialectSettings = { datetime: seconds }
    expect(cellOf({ type: 'string' }, '"2020-06-01T12:00:00Z"', settings)).to.equal('2020-06-01T12:00:00Z')
    expect(cellOf({ type: 'string', format: 'date' }, '"2020-06-01"', settings)).to.equal('2020-06-01')
  })

  it('rewrites what is one of several types where it is a date-time, else it is text', () => {
    const either = { anyOf: [{ type: 'string', format: 'date-time' }, { type: ['null', 'string'] }] }
    expect(cellOf(either, '"2020-06-01T12:00:00Z"', { datetime: seconds })).to.equal('2020-06-01 12:00:00')
    expect(cellOf(either, '"soon, perhaps"', { datetime: seconds })).to.equal('"soon, perhaps"')
    expect(cellOf(either, '""', { datetime: seconds })).to.equal('""')
    const half = failure(() => cellOf(either, '"\\ud800"', { datetime: seconds }))
    expect(half.message).to.include('column v holds half of a surrogate pair')
  })

  it('agrees with Date on every instant and offset', () => {
    const instants = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9998-12-31T00:00:00Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(instants, fc.integer({ min: -1439, max: 1439 }), (instant, offset) => {
        const local = new Date(instant.getTime() + offset * 60_000).toISOString().slice(0, -1)
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
        const zone = `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
        expect(cell('YYYY-MM-DDTHH:MM:SS.fffZ', `${local}${zone}`)).to.equal(instant.toISOString())
      }),
    )
  })
})

/** How a schema tells the encoding, its value, the cell under `binary: hex` and under `binary: base64`. */
const binaries: readonly (readonly [object, string, string | undefined, string | undefined])[] = [
  [{ contentEncoding: 'base64' }, 'aGVsbG8=', '68656c6c6f', 'aGVsbG8='],
  [{ contentEncoding: 'base64' }, '', '""', '""'],
  [{ contentEncoding: 'base64' }, 'aGVsbG8', undefined, 'aGVsbG8'],
  [{ contentEncoding: 'base64' }, 'aGV$bG8=', undefined, 'aGV$bG8='],
  [{ contentEncoding: 'base64' }, 'aGVs bG8=', undefined, 'aGVs bG8='],
  [{ contentEncoding: 'base16' }, '68656C6c6f', '68656C6c6f', 'aGVsbG8='],
  [{ format: 'binary' }, '68656C6C6F', '68656C6C6F', 'aGVsbG8='],
  [{ format: 'binary' }, '68656', '68656', undefined],
  [{ format: 'binary' }, 'xx', 'xx', undefined],
  [{}, 'aGVsbG8=', 'aGVsbG8=', 'aGVsbG8='],
]

describe('target-s3-csv: binary', () => {
  for (const [keywords, value, hex, base64] of binaries) {
    it(`${JSON.stringify(keywords)} ${JSON.stringify(value)}: ${hex ?? 'invalid'}, ${base64 ?? 'invalid'}`, () => {
      const column = { type: ['null', 'string'], ...keywords }
      const become = (binary: 'hex' | 'base64') => {
        const work = () => cellOf(column, JSON.stringify(value), { binary })
        try {
          return work()
        } catch {
          expect(failure(work).message).to.match(/column v is not (hex|base64)/)
          return undefined
        }
      }
      expect([become('hex'), become('base64')]).to.deep.equal([hex, base64])
      expect(cellOf(column, JSON.stringify(value))).to.equal(value || '""')
    })
  }
})
