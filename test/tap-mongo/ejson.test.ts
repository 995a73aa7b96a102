import { expect } from 'chai'
import fc from 'fast-check'
import * as bson from 'mongodb'
import { Digits, type Json, parseJson } from '../../singer/json.js'
import { anyDocument, documentAround, documentOf } from './random-bson.js'
import { jsonOf } from './writing-json.js'

const { BSON } = bson
const rows: readonly [string, unknown, string, string][] = [
  ['int32', new bson.Int32(-1), '-1', '{"$numberInt":"-1"}'],
  ['int64', bson.Long.MAX_VALUE, '9223372036854775807', '{"$numberLong":"9223372036854775807"}'],
  ['doubles', new bson.Double(1.5), '1.5', '{"$numberDouble":"1.5"}'],
  ['whole doubles', new bson.Double(3), '3', '{"$numberDouble":"3.0"}'],
  ['-0.0', new bson.Double(-0), '-0.0', '{"$numberDouble":"-0.0"}'],
  ['-Infinity', new bson.Double(-1 / 0), '{"$numberDouble":"-Infinity"}', '{"$numberDouble":"-Infinity"}'],
  ['dates', new Date(1000), '{"$date":"1970-01-01T00:00:01Z"}', '{"$date":{"$numberLong":"1000"}}'],
  ['milliseconds', new Date(1001), '{"$date":"1970-01-01T00:00:01.001Z"}', '{"$date":{"$numberLong":"1001"}}'],
  ['tenths', new Date(1100), '{"$date":"1970-01-01T00:00:01.100Z"}', '{"$date":{"$numberLong":"1100"}}'],
  ['dates before 1970', new Date(-1), '{"$date":{"$numberLong":"-1"}}', '{"$date":{"$numberLong":"-1"}}'],
]

describe('tap-mongo values as Extended JSON', () => {
  for (const [title, value, relaxed, canonical] of rows) {
    it(`writes ${title} as the specification says`, () => {
      const document = documentOf([['a', value]])
      expect(jsonOf(document, { document_format: 'relaxed_ejson' })).to.equal(`{"a":${relaxed}}`)
      expect(jsonOf(document, { document_format: 'canonical_ejson' })).to.equal(`{"a":${canonical}}`)
    })
  }

  it('writes undefined and DBPointer, which the driver does not keep', () => {
    const document = documentAround('0661000c6200020000006300' + '0123456789abcdef01234567')
    expect(jsonOf(document, { document_format: 'canonical_ejson' })).to.equal(
      '{"a":{"$undefined":true},"b":{"$dbPointer":{"$ref":"c","$id":{"$oid":"0123456789abcdef01234567"}}}}',
    )
  })

  for (const relaxed of [true, false]) {
    const format = relaxed ? 'relaxed_ejson' : 'canonical_ejson'
    it(`means in ${format} what EJSON.stringify says, whatever the document`, () => {
      fc.assert(
        fc.property(anyDocument, (fields) => {
          const document = documentOf([...new Map(fields)])
          const objects = BSON.deserialize(document, { promoteValues: false, bsonRegExp: true })
          const theirs = parseJson(BSON.EJSON.stringify(objects, { relaxed }))
          const ours = parseJson(jsonOf(document, { document_format: format }))
          expect(relaxed ? asDoubles(ours) : ours).to.deep.equal(relaxed ? asDoubles(theirs) : theirs)
        }),
        { numRuns: 1000 },
      )
    })
  }
})

/** As far as EJSON.stringify keeps numbers: to it int64 are doubles, and -0.0 is 0. */
function asDoubles(value: Json): Json {
  if (value instanceof Digits) return Number(value.text) + 0
  if (Array.isArray(value)) return value.map(asDoubles)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asDoubles(inner)]))
}
