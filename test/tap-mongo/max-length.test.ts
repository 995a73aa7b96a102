import { expect } from 'chai'
import fc from 'fast-check'
import { maxLength } from '../../tap-mongo/bson/value-writer.js'
import type { TypeOptions } from '../../tap-mongo/types.js'
import { anyDocument, documentAround, documentOf } from './random-bson.js'
import { jsonOf } from './writing-json.js'

/** What takes the most JSON for its BSON, of each type: type byte, then value. */
const worst: readonly [string, string, string][] = [
  ['double', '01', 'ffffffffffff0f80'],
  ['short double', '01', '48e17a14ae470bc0'],
  ['string', '02', '0100000000'],
  ['string of escapes', '02', `65000000${'01'.repeat(100)}00`],
  ['object', '03', '0500000000'],
  ['array', '04', '0500000000'],
  ['binary', '05', '0100000000ff'],
  ['UUID', '05', `1000000004${'ff'.repeat(16)}`],
  ['undefined', '06', ''],
  ['ObjectId', '07', 'ff'.repeat(12)],
  ['boolean', '08', '00'],
  ['date', '09', '0000000000000080'],
  ['null', '0a', ''],
  ['regex', '0b', '0000'],
  ['regex of escapes', '0b', '01000100'],
  ['DBPointer', '0c', `0100000000${'ff'.repeat(12)}`],
  ['code', '0d', '0100000000'],
  ['symbol', '0e', '0100000000'],
  ['code with scope', '0f', '0e00000001000000000500000000'],
  ['int32', '10', '00000080'],
  ['timestamp', '11', 'ff'.repeat(8)],
  ['int64', '12', '0000000000000080'],
  ['Decimal128', '13', 'ffffffff638e8d37c087adbe09ed0180'],
  ['MinKey', 'ff', ''],
  ['MaxKey', '7f', ''],
]
const formats: readonly TypeOptions['document_format'][] = ['plain', 'relaxed_ejson', 'canonical_ejson']

describe('tap-mongo room for JSON', () => {
  for (const document_format of formats) {
    for (const [title, type, value] of worst) {
      for (const name of ['', '01']) {
        it(`is enough for many of ${title} in ${document_format}, names ${name ? 'of escapes' : 'empty'}`, () => {
          fits(documentAround(`${type}${name}00${value}`.repeat(100)), document_format)
          const array = documentAround(`${type}00${value}`.repeat(100)).toString('hex')
          fits(documentAround(`0400${array}`), document_format)
        })
      }
    }

    it(`is enough for any document in ${document_format}`, () => {
      fc.assert(fc.property(anyDocument, (fields) => fits(documentOf(fields), document_format)))
    })
  }
})

/** Behind the room that jsonOf makes a write fails; here it is not even used up. */
function fits(document: Buffer, document_format: TypeOptions['document_format']): void {
  const json = jsonOf(document, { document_format, decimal: 'string' })
  expect(Buffer.byteLength(json)).to.be.at.most(maxLength(document.length, document_format))
}
