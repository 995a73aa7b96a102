import { expect } from 'chai'
import fc from 'fast-check'
import { type JsonObject, jsonText, parseJson } from '../../singer/index.js'
import { lineEnd, lineStart, recordReader } from '../../tap-mysql/record-lines.js'

const prefix = Buffer.from('{"type":"RECORD","stream":"a\\"b","record":{')
const suffix = Buffer.from('},"version":12,"time_extracted":"2026-01-01T00:00:00.000Z"}\n')

function linesOf(records: readonly JsonObject[]): Buffer {
  return Buffer.concat(records.flatMap((record) => [prefix, Buffer.from(jsonText(record).slice(1, -1)), suffix]))
}

function readerOf(record: JsonObject) {
  return recordReader({ columns: Object.keys(record).map((name) => ({ name })), prefix, suffix })
}

describe('tap-mysql record lines', () => {
  const odd: JsonObject = {
    'quote"name': 'quote " backslash \\',
    é: '\\',
    nested: { a: [1, '}', { b: ']"' }], c: {} },
    list: ['\\"', []],
    empty: '',
    digits: parseJson('18446744073709551615'),
    none: null,
    last: true,
  }
  for (const name of Object.keys(odd)) {
    it(`finds the value of ${name}`, () => {
      expect(readerOf(odd).value(linesOf([odd]), 0, name)).to.deep.equal(odd[name])
    })
  }

  it('finds every value of every record', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.jsonValue(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    )
    const entries = fc.uniqueArray(
      fc.tuple(
        fc.string().map((name) => `_${name}`),
        value,
      ),
      { minLength: 1, maxLength: 6, selector: ([name]) => name },
    )
    fc.assert(
      fc.property(entries, (pairs) => {
        const record = parseJson(JSON.stringify(Object.fromEntries(pairs))) as JsonObject
        const lines = linesOf([record, record])
        const reader = readerOf(record)
        const second = lineStart(lines, lines.length)
        for (const name of Object.keys(record)) expect(reader.value(lines, second, name)).to.deep.equal(record[name])
        expect(reader.record(lines, 0, lineEnd(lines, 0)).toString()).to.equal(jsonText(record))
        expect(reader.record(lines, second, lines.length).toString()).to.equal(jsonText(record))
      }),
    )
  })

  it('finds the lines of a block from either end', () => {
    const lines = linesOf([{ a: 1 }, { a: 22 }, { a: 3 }])
    const ends = [lineEnd(lines, 0), lineEnd(lines, lineEnd(lines, 0)), lines.length]
    const starts = ends.map((end) => lineStart(lines, end))
    expect(starts).to.deep.equal([0, ends[0], ends[1]])
  })
})
