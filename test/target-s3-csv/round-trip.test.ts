import { expect } from 'chai'
import fc from 'fast-check'
import type { DialectSettings } from '../../target-s3-csv/csv.js'
import { type Cell, type Format, readCsv } from './csv-reader.js'
import { cases, Numeral, print, type Style, styles, type Value } from './random-records.js'
import { lines, scan, schema } from './scanning.js'

interface Written {
  readonly settings: DialectSettings
  readonly format: Format
  readonly nothing: string
}

const written: readonly Written[] = [
  { settings: {}, format: { delimiter: ',', quote: '"', lineEnd: '\n' }, nothing: '' },
  {
    settings: { delimiter: ';', quote: "'", null: '\\N', line_end: 'crlf' },
    format: { delimiter: ';', quote: "'", lineEnd: '\r\n' },
    nothing: '\\N',
  },
  {
    settings: { delimiter: '\t', null: 'NULL' },
    format: { delimiter: '\t', quote: '"', lineEnd: '\n' },
    nothing: 'NULL',
  },
]

/** Where a block of lines ends and the next one begins. */
function blocks(text: string, cuts: readonly number[]): readonly string[] {
  const ends = cuts.map((cut) => text.indexOf('\n', cut % text.length) + 1)
  const borders = [0, ...ends.sort((a, b) => a - b), text.length]
  return borders.slice(1).map((end, index) => text.slice(borders[index], end))
}

function valueAt(record: Value, path: readonly string[]): Value {
  let value: Value = record
  for (const key of path) value = (value instanceof Map ? value.get(key) : undefined) ?? null
  return value
}

/** What a reader must find in the cell of a value. */
function cellOf(value: Value, nothing: string, style: Style): Cell | { readonly text: string } {
  if (value === null) return { text: nothing, isQuoted: false }
  if (typeof value === 'string') return { text: value }
  return { text: value instanceof Numeral ? value.text : print(value, style) }
}

describe('target-s3-csv: whatever the SCHEMA, the records and their spelling', () => {
  for (const { settings, format, nothing } of written) {
    it(`every value arrives in its column: ${JSON.stringify(settings)}`, () => {
      const options = { dialect: settings, extraProperties: 'stop' as const }
      fc.assert(
        fc.property(cases, styles, fc.array(fc.nat(), { maxLength: 4 }), ({ properties, records }, style, cuts) => {
          const messages = records.map(
            (record) => `{"type":"RECORD",${style.space}"stream":"a","record":${print(record, style)}${style.space}}`,
          )
          const { csv, events } = scan(blocks(lines(schema('a', properties), ...messages), cuts), options)
          const columns = events.flatMap((event) => (event.type === 'SCHEMA' ? event.table.columns : []))
          const [header = [], ...rows] = readCsv(csv.get('a') ?? '', format)
          expect(header.map(({ text }) => text)).to.deep.equal(columns.map(({ name }) => name))
          expect(new Set(columns.map(({ name }) => name)).size).to.equal(columns.length)
          expect(rows).to.have.length(records.length)
          for (const [index, record] of records.entries()) {
            const expected = columns.map(({ path }) => cellOf(valueAt(record, path), nothing, style))
            // A row of one NULL is an empty string, so that it is no empty line.
            if (columns.length === 1 && rows[index]?.[0]?.text === '') continue
            expect(rows[index]?.length).to.equal(columns.length)
            for (const [column, cell] of expected.entries()) expect(rows[index]?.[column]).to.include(cell)
            const strings = columns.map(({ path }, column) => [valueAt(record, path), rows[index]?.[column]] as const)
            for (const [value, cell] of strings)
              if (value === '' || value === nothing) expect(cell?.isQuoted).to.equal(true)
          }
        }),
        { numRuns: 150 },
      )
    })
  }
})
