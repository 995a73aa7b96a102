import { expect } from 'chai'
import fc from 'fast-check'
import { Blocks } from '../../tap-mysql/blocks.js'
import type { Encode } from '../../tap-mysql/encode.js'
import { base64, digits, hex, json, text } from '../../tap-mysql/encoders.js'
import { date } from '../../tap-mysql/instants.js'
import { typedJson } from '../../tap-mysql/json-text.js'
import { LongRow } from '../../tap-mysql/long-row.js'
import type { RowQuery } from '../../tap-mysql/rows.js'

/** Encoders with values that a server might send for them. */
const values: readonly (readonly [Encode, fc.Arbitrary<string | Uint8Array>])[] = [
  [digits, fc.bigInt().map(String)],
  [text, fc.string({ unit: 'binary', maxLength: 400 })],
  [base64, fc.uint8Array({ maxLength: 400 })],
  [hex, fc.uint8Array({ maxLength: 400 })],
  [json, fc.json()],
  [typedJson, fc.jsonValue().map((value) => JSON.stringify(value, null, 2))],
  [date, fc.constantFrom('2024-02-29', '0000-00-00')],
]

const column = fc
  .constantFrom(...values)
  .chain(([encode, arbitrary]) => fc.option(arbitrary).map((value) => ({ encode, value })))

function lengthEncoded(value: string | Uint8Array | null): Buffer {
  if (value === null) return Buffer.from([0xfb])
  const bytes = Buffer.from(value)
  if (bytes.length < 0xfb) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  return Buffer.concat([Buffer.from([0xfc, bytes.length & 255, bytes.length >> 8]), bytes])
}

function queryOf(encoders: readonly Encode[]): RowQuery {
  return {
    stream: 's',
    sql: '',
    columns: encoders.map((encode, index) => ({ name: `c${index}`, encode, columnType: '', isAsBefore: () => true })),
    prefix: Buffer.from('{"record":{'),
    suffix: Buffer.from('}}\n'),
    nulled: new Map(),
  }
}

describe('a row that arrives in parts', () => {
  it('is the same line as the row in one packet, wherever the parts are cut', () => {
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })
    const same = fc.property(fc.array(column, { minLength: 1, maxLength: 6 }), cuts, (columns, places) => {
      const row = Buffer.concat(columns.map(({ value }) => lengthEncoded(value)))
      const query = queryOf(columns.map(({ encode }) => encode))
      const blocks = new Blocks(query)
      blocks.add({ bytes: row, start: 0, end: row.length })
      const whole = blocks.take().lines.toString()
      const nulled = new Map(query.nulled)
      query.nulled.clear()

      const ends = [...places.map((place) => Math.floor(place * row.length)), row.length].sort((a, b) => a - b)
      const line = new LongRow(query)
      const reused = Buffer.alloc(row.length)
      let start = 0
      for (const end of ends) {
        row.copy(reused, 0, start, end)
        line.add(reused.subarray(0, end - start))
        reused.fill(0xee)
        start = end
      }
      line.end()
      expect(line.bytes.toString('utf8', 0, line.at)).to.equal(whole)
      expect(query.nulled).to.deep.equal(nulled)
      JSON.parse(whole)
    })
    fc.assert(same, { numRuns: 60 })
  })

  it('is a block of its own, after the rows before it', () => {
    const blocks = new Blocks(queryOf([text]))
    const small = lengthEncoded('a')
    const length = Buffer.from([0xfd, 0xff, 0xff, 0xff])
    const long = Buffer.concat([length, Buffer.alloc(0xffffff, 'b')])
    const first = { bytes: long, start: 0, end: 0xffffff }
    const last = { bytes: long, start: 0xffffff, end: long.length }

    expect(blocks.add({ bytes: small, start: 0, end: small.length })).to.equal(true)
    expect(blocks.add(first), 'before the small row is taken').to.equal(false)
    expect(blocks.take().count).to.equal(1)
    expect(blocks.add(first)).to.equal(true)
    expect(blocks.isWithinRow).to.equal(true)
    expect(blocks.add(last)).to.equal(true)
    expect(blocks.isWithinRow).to.equal(false)
    expect(blocks.add({ bytes: small, start: 0, end: small.length }), 'before the long row is taken').to.equal(false)
    const { lines, count } = blocks.take()
    expect(count).to.equal(1)
    expect(lines.toString()).to.equal(`{"record":{"c0":"${'b'.repeat(0xffffff)}"}}\n`)
    expect(blocks.isEmpty).to.equal(true)
  })
})
