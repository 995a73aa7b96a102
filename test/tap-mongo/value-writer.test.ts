import { expect } from 'chai'
import fc from 'fast-check'
import * as bson from 'mongodb'
import { valueWriter } from '../../tap-mongo/bson/value-writer.js'
import { configOf } from './given-config.js'
import { fieldsJson } from './object-path.js'
import { anyDocument, documentAround, documentOf } from './random-bson.js'
import { jsonOf } from './writing-json.js'

const { Binary, Code, Decimal128, Double, Int32, Long, ObjectId, Timestamp } = bson
const uuidBytes = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
const year = (text: string) => new Date(text)

const values: readonly [string, unknown, string][] = [
  ['an ObjectId as its hex digits', new ObjectId('0123456789abcdef01234567'), '"0123456789abcdef01234567"'],
  ['a string', 'a"b\\c/d\n\u0001\u001f\u007f é €😀', '"a\\"b\\\\c/d\\n\\u0001\\u001f\u007f é €😀"'],
  ['a string of one escape in each of four places', '"a\\b\tc\bd\fe\rfgh"', '"\\"a\\\\b\\tc\\bd\\fe\\rfgh\\""'],
  ['the empty string', '', '""'],
  ['a zero byte in a string', 'a\0b', '"a\\u0000b"'],
  ['a symbol as a string', new bson.BSONSymbol('s'), '"s"'],
  ['int32 0', new Int32(0), '0'],
  ['the least int32', new Int32(-(2 ** 31)), '-2147483648'],
  ['the greatest int32', new Int32(2 ** 31 - 1), '2147483647'],
  ['int64 2^53 + 1, which no double holds', Long.fromString('9007199254740993'), '9007199254740993'],
  ['int64 -2^53', Long.fromString('-9007199254740992'), '-9007199254740992'],
  ['int64 -2^53 - 1', Long.fromString('-9007199254740993'), '-9007199254740993'],
  ['int64 10^9', Long.fromNumber(1e9), '1000000000'],
  ['int64 10^15 + 7', Long.fromNumber(1e15 + 7), '1000000000000007'],
  ['the least int64', Long.MIN_VALUE, '-9223372036854775808'],
  ['the greatest int64', Long.MAX_VALUE, '9223372036854775807'],
  ['a double by its shortest digits', new Double(0.1 + 0.2), '0.30000000000000004'],
  ['a price', new Double(19.99), '19.99'],
  ['a negative coordinate', new Double(-74.006), '-74.006'],
  ['a small double', new Double(0.00001), '0.00001'],
  ['a double that is a whole number', new Double(5), '5'],
  ['-0.0 with its sign', new Double(-0), '-0.0'],
  ['the greatest double', new Double(Number.MAX_VALUE), '1.7976931348623157e+308'],
  ['the least double', new Double(5e-324), '5e-324'],
  ['a double beyond 2^53 by its shortest digits', new Double(2 ** 60), '1152921504606847000'],
  ['a millionth', new Double(1e-6), '0.000001'],
  ['less than a millionth', new Double(-1.5e-7), '-1.5e-7'],
  ['Decimal128 with its scale', Decimal128.fromString('10.00'), '10.00'],
  ['Decimal128 of 34 digits', Decimal128.fromString(`-${'9'.repeat(34)}`), `-${'9'.repeat(34)}`],
  ['Decimal128 1E-6176', Decimal128.fromString('1E-6176'), '1E-6176'],
  ['the greatest Decimal128', Decimal128.fromString(`${'9'.repeat(34)}E6111`), `9.${'9'.repeat(33)}E+6144`],
  ['Decimal128 -0', Decimal128.fromString('-0'), '-0'],
  ['Decimal128 0.00', Decimal128.fromString('0.00'), '0.00'],
  ['a date', year('2026-08-21T10:20:30.405Z'), '"2026-08-21T10:20:30.405Z"'],
  ['a date before 1970', year('1969-12-31T23:59:59.999Z'), '"1969-12-31T23:59:59.999Z"'],
  ['the first date', year('0001-01-01T00:00:00.000Z'), '"0001-01-01T00:00:00.000Z"'],
  ['the last date', year('9999-12-31T23:59:59.999Z'), '"9999-12-31T23:59:59.999Z"'],
  ['a leap day', year('2000-02-29T00:00:00.000Z'), '"2000-02-29T00:00:00.000Z"'],
  ['the day after none', year('1900-03-01T00:00:00.000Z'), '"1900-03-01T00:00:00.000Z"'],
  ['a timestamp', new Timestamp({ t: 2 ** 32 - 1, i: 7 }), '{"t":4294967295,"i":7}'],
  ['a UUID', new Binary(uuidBytes, 4), '"00112233-4455-6677-8899-aabbccddeeff"'],
  ['an old UUID, bytes as they are stored', new Binary(uuidBytes, 3), '"00112233-4455-6677-8899-aabbccddeeff"'],
  ['what is no UUID though it says so', new Binary(Buffer.from('ab'), 4), '"YWI="'],
  ['one byte', new Binary(Buffer.from([255]), 0), '"/w=="'],
  ['three bytes', new Binary(Buffer.from('abc'), 128), '"YWJj"'],
  ['an old binary without its second length', new Binary(Buffer.from('abc'), 2), '"YWJj"'],
  ['no bytes', new Binary(Buffer.alloc(0), 0), '""'],
  ['true', true, 'true'],
  ['false', false, 'false'],
  ['null', null, 'null'],
  ['a regex', new bson.BSONRegExp('^"a', 'im'), '{"pattern":"^\\"a","options":"im"}'],
  ['a DBRef as the document that it is', new bson.DBRef('c', 1 as never), '{"$ref":"c","$id":1}'],
  ['code', new Code('f()'), '"f()"'],
  ['code with scope', new Code('f()', { a: 1 }), '{"code":"f()","scope":{"a":1}}'],
  ['an empty document', new Map(), '{}'],
  ['an empty array', [], '[]'],
]

describe('tap-mongo values as JSON', () => {
  for (const [title, value, json] of values) {
    it(`writes ${title}`, () => {
      const inner = new Map([['nested', [value, [value]]]])
      expect(
        jsonOf(
          documentOf([
            ['top', value],
            ['in', inner],
          ]),
        ),
      ).to.equal(`{"top":${json},"in":{"nested":[${json},[${json}]]}}`)
    })
  }

  const raw: readonly [string, string, string][] = [
    ['undefined as null', '0600', '"":null'],
    ['a DBPointer', '0c000200000063000123456789abcdef01234567', '"":{"ref":"c","id":"0123456789abcdef01234567"}'],
    ['equal names as they are', '0a61000a6100', '"a":null,"a":null'],
  ]
  for (const [title, elements, json] of raw) {
    it(`writes ${title}`, () => expect(jsonOf(documentAround(elements))).to.equal(`{${json}}`))
  }

  const names = ['$a', 'a.b', '', '__proto__', 'constructor', '10', '"', '\\\n', 'ü', '😀', 'four', 'a longer name']
  it('writes any name, in the order of the document', () => {
    const fields = names.map((name): [string, unknown] => [name, true])
    const json = names.map((name) => `${JSON.stringify(name)}:true`)
    expect(jsonOf(documentOf(fields))).to.equal(`{${json.join()}}`)
  })

  for (const length of [65_536, 15_000_000]) {
    it(`writes a string of ${length} bytes`, () => {
      const text = '0123456789 "quoted" \n äöü €'.repeat(Math.ceil(length / 32)).slice(0, length)
      expect(jsonOf(documentOf([['text', text]])) === JSON.stringify({ text })).to.equal(true)
    })
  }

  it('writes documents in documents, 200 levels deep, and refuses more', () => {
    const deep = (levels: number) => documentOf([['a', nest(levels - 1)]])
    expect(jsonOf(deep(200))).to.equal(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`)
    expect(() => jsonOf(deep(201))).to.throw('nested deeper than 200')
  })

  it('writes more than 200 documents that are beside each other', () => {
    expect(jsonOf(documentOf([['a', Array(300).fill(new Map())]]))).to.equal(`{"a":[${Array(300).fill('{}').join()}]}`)
  })

  it('writes what follows a document that was too deep', () => {
    const output = { bytes: Buffer.alloc(9999), view: new DataView(new ArrayBuffer(9999)), at: 0 }
    const writer = valueWriter(output, configOf(), () => {})
    for (let round = 0; round < 3; round++) {
      writer.readFrom(documentOf([['a', nest(200)]]))
      expect(() => writer.document(0, false)).to.throw('deeper')
    }
    writer.readFrom(documentOf([['a', nest(199)]]))
    writer.document(0, false)
  })

  it('writes the same as the way over objects, whatever the document', () => {
    fc.assert(
      fc.property(anyDocument, (fields) => {
        expect(jsonOf(documentOf(fields))).to.equal(fieldsJson(fields))
      }),
      { numRuns: 2000 },
    )
  })
})

function nest(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = new Map([['a', value]])
  return value
}
