import { expect } from 'chai'
import * as bson from 'mongodb'
import type { TypeOptions } from '../../tap-mongo/types.js'
import { documentAround, documentOf } from './random-bson.js'
import { jsonOf } from './writing-json.js'

const { Binary, Decimal128, Double } = bson
const nan = new Double(Number.NaN)

/** The int64 as milliseconds: no Date of JavaScript goes as far. */
const date = (ms: bigint) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(ms)
  return documentAround(`096100${bytes.toString('hex')}`)
}
const beforeFirst = date(-62_135_596_800_001n)
const afterLast = date(253_402_300_800_000n)
const field = (value: unknown) => documentOf([['a', value]])

describe('tap-mongo values and settings', () => {
  const rows: readonly [string, Buffer, Partial<TypeOptions>, string][] = [
    ['bytes as hex digits', field(new Binary(Buffer.from([0, 255]), 0)), { binary: 'hex' }, '"00ff"'],
    [
      'UUIDs as such where bytes are hex digits',
      field(new bson.UUID('00112233-4455-6677-8899-aabbccddeeff')),
      { binary: 'hex' },
      '"00112233-4455-6677-8899-aabbccddeeff"',
    ],
    ['Decimal128 as text', field(Decimal128.fromString('1E+3')), { decimal: 'string' }, '"1E+3"'],
    ['a negative Decimal128 as text', field(Decimal128.fromString('-0.5')), { decimal: 'string' }, '"-0.5"'],
    [
      'NaN of a Decimal128 as null where it would be text',
      field(Decimal128.fromString('NaN')),
      { decimal: 'string' },
      'null',
    ],
    ['the first date for those before', beforeFirst, { date_out_of_range: 'clamp' }, '"0001-01-01T00:00:00.000Z"'],
    ['the last date for those after', afterLast, { date_out_of_range: 'clamp' }, '"9999-12-31T23:59:59.999Z"'],
    [
      'the last date for the last int64',
      date(2n ** 63n - 1n),
      { date_out_of_range: 'clamp' },
      '"9999-12-31T23:59:59.999Z"',
    ],
    [
      'U+FFFD for what is not UTF-8',
      documentAround('02610004000000' + '61ff62' + '00'),
      { invalid_utf8: 'replace' },
      '"a\ufffdb"',
    ],
    [
      'U+FFFD for each byte that is not UTF-8',
      documentAround('02610004000000' + 'ffffff' + '00'),
      { invalid_utf8: 'replace' },
      '"\ufffd\ufffd\ufffd"',
    ],
  ]
  for (const [title, document, options, json] of rows) {
    it(`writes ${title}`, () => expect(jsonOf(document, options)).to.equal(`{"a":${json}}`))
  }

  it('writes U+FFFD in names that are not UTF-8', () => {
    expect(jsonOf(documentAround('0a61ff00'), { invalid_utf8: 'replace' })).to.equal('{"a\ufffd":null}')
  })

  const nulled: readonly [string, Buffer][] = [
    ['NaN', field(nan)],
    ['Infinity', field(new Double(Number.POSITIVE_INFINITY))],
    ['-Infinity', field(new Double(Number.NEGATIVE_INFINITY))],
    ['NaN of a Decimal128', field(Decimal128.fromString('NaN'))],
    ['Infinity of a Decimal128', field(Decimal128.fromString('Infinity'))],
    ['-Infinity of a Decimal128', field(Decimal128.fromString('-Infinity'))],
    ['a date in the year 0', field(new Date('0000-12-31T23:59:59.999Z'))],
    ['a date in the year -1', field(new Date('-000001-06-01T00:00:00Z'))],
    ['a date in the year 10000', field(new Date('+010000-01-01T00:00:00Z'))],
    ['the first int64 as a date', date(-(2n ** 63n))],
    ['MinKey', field(new bson.MinKey())],
    ['MaxKey', field(new bson.MaxKey())],
  ]
  for (const [title, document] of nulled) {
    it(`writes null for ${title}, and says where`, () => {
      const told: number[] = []
      expect(jsonOf(document, {}, (pos) => told.push(pos))).to.equal('{"a":null}')
      expect(told).to.deep.equal([7])
    })
  }

  it('does not tell of null and undefined', () => {
    const tell = () => {
      throw new Error('told')
    }
    expect(jsonOf(documentAround('0a61000662000'), {}, tell)).to.equal('{"a":null,"b":null}')
  })

  const inner = (value: unknown) =>
    documentOf([
      ['_id', 1],
      ['a', [new Map([['b', value]])]],
    ])
  const refused: readonly [string, Buffer, Partial<TypeOptions>, string][] = [
    ['NaN', inner(nan), { non_finite: 'error' }, 'field a.b: the number is NaN or an infinity'],
    [
      'NaN of a Decimal128',
      inner(Decimal128.fromString('NaN')),
      { non_finite: 'error' },
      'field a.b: the number is NaN',
    ],
    [
      'a date out of range',
      inner(new Date('-000001-06-01T00:00:00Z')),
      { date_out_of_range: 'error' },
      'field a.b: the date is outside',
    ],
    ['text that is not UTF-8', documentAround('0a5f0002610003000000c328' + '00'), {}, 'field a: the text is not UTF-8'],
    ['a name that is not UTF-8', documentAround('0a5f000aff00'), {}, 'the text is not UTF-8'],
  ]
  for (const [title, document, options, message] of refused) {
    it(`refuses ${title} and names the field`, () => {
      expect(() => jsonOf(document, options))
        .to.throw(message)
        .with.property('name', 'SourceError')
    })
  }
})
