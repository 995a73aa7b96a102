import { expect } from 'chai'
import fc from 'fast-check'
import * as bson from 'mongodb'
import { BsonType } from '../../tap-mongo/bson/bson-type.js'
import { driverValue, fieldAt, isSameValue, rawValueOf } from '../../tap-mongo/bson/raw-value.js'
import { anyDocument, anyValue, documentOf } from './random-bson.js'

const { serialize } = bson.BSON

describe('tap-mongo raw values', () => {
  const document = documentOf([
    ['_id', new bson.Long(1)],
    ['a', new Map<string, unknown>([['b', new Map([['', 'inner']])]])],
    ['list', [new Map([['x', 1]])]],
    ['twice', 'first'],
    ['twice', 'second'],
    ['', 'empty name'],
    ['ü', new bson.Double(-0)],
    ['__proto__', new bson.Int32(7)],
  ])

  const found: readonly [string, readonly string[], unknown][] = [
    ['a field', ['_id'], new bson.Long(1)],
    ['a field of a field', ['a', 'b', ''], 'inner'],
    ['a document', ['a', 'b'], new Map([['', 'inner']])],
    ['the first of equal names', ['twice'], 'first'],
    ['the empty name', [''], 'empty name'],
    ['a name that is not ASCII, and -0.0', ['ü'], new bson.Double(-0)],
    ['__proto__', ['__proto__'], new bson.Int32(7)],
    ['the array on the way', ['list', 'x'], [new Map([['x', 1]])]],
    ['an array', ['list'], [new Map([['x', 1]])]],
  ]
  for (const [title, path, value] of found) {
    it(`finds ${title}`, () => expect(fieldAt(document, path)).to.deep.equal(rawValueOf(value)))
  }

  const missing: readonly [string, readonly string[]][] = [
    ['a name that none has', ['none']],
    ['the beginning of a name', ['lis']],
    ['a name that goes on', ['lists']],
    ['what is below a string', ['twice', 'x']],
    ['what is missing in a document', ['a', 'c']],
  ]
  for (const [title, path] of missing) {
    it(`does not find ${title}`, () => expect(fieldAt(document, path)).to.equal(undefined))
  }

  it('keeps a value when the memory of its document is used again', () => {
    const own = Buffer.from(document)
    const value = fieldAt(own, ['twice'])
    own.fill(0)
    expect(value).to.deep.equal(rawValueOf('first'))
  })

  it('tells values apart by type and bytes', () => {
    expect(isSameValue(rawValueOf(1), rawValueOf(new bson.Double(1)))).to.equal(false)
    expect(isSameValue(rawValueOf(new bson.Double(0)), rawValueOf(new bson.Double(-0)))).to.equal(false)
    expect(isSameValue(rawValueOf('a'), rawValueOf('a'))).to.equal(true)
  })

  it('gives the driver what it sends back as the same bytes', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const raw = rawValueOf(value)
        const again = serialize(new Map([['', driverValue(raw)]]))
        expect(again[4]).to.equal(raw.type)
        expect(Buffer.from(again.subarray(6, -1)).equals(raw.bytes)).to.equal(true)
      }),
      { numRuns: 500 },
    )
  })

  const exact: readonly [string, number, string][] = [
    ['dates outside of what a Date can hold', BsonType.date, '0000000000000080'],
    ['an int64 beyond 2^53', BsonType.int64, '0100000000002000'],
    ['-0.0', BsonType.double, '0000000000000080'],
    [
      'names in the order of the document, numbers too',
      BsonType.object,
      '14000000103130000100000010320002000000' + '00',
    ],
    ['equal names', BsonType.object, '13000000106100010000001061000200000000'],
    ['old binaries, which hold their length twice', BsonType.binary, '06000000020200000001ff'],
  ]
  for (const [title, type, hex] of exact) {
    it(`gives the driver ${title}`, () => {
      const bytes = Buffer.from(hex, 'hex')
      expect(rawValueOf(driverValue({ type, bytes }))).to.deep.equal({ type, bytes })
    })
  }

  it('gives the driver documents as Maps', () => {
    const value = driverValue(rawValueOf(new Map([['a', new Map([['__proto__', 'b']])]])))
    expect(value).to.be.instanceOf(Map)
    expect([...(value as Map<string, Map<string, string>>)][0]?.[1].get('__proto__')).to.equal('b')
  })

  it('gives the driver any NaN', () => {
    const value = driverValue({ type: BsonType.double, bytes: Buffer.from('010000000000f8ff', 'hex') })
    expect(Number.isNaN((value as bson.Double).value)).to.equal(true)
  })

  const refused: readonly [string, number, string][] = [
    ['text that is not UTF-8', BsonType.string, '02000000ff00'],
    ['undefined', BsonType.undefined, ''],
    ['a boolean that is neither 0 nor 1', BsonType.boolean, '02'],
    ['a type that does not exist', 0x55, ''],
    ['a string without an end', BsonType.string, '0900000061'],
    ['a date that a double would round', BsonType.date, '0100000000000040'],
    ['options of a regex that the driver does not know', BsonType.regex, '61007a00'],
  ]
  for (const [title, type, hex] of refused) {
    it(`refuses ${title}`, () => {
      const bytes = Buffer.from(hex, 'hex')
      expect(() => driverValue({ type, bytes }))
        .to.throw()
        .with.property('name', 'SourceError')
    })
  }

  it('finds the fields of any document', () => {
    fc.assert(
      fc.property(anyDocument, (fields) => {
        const first = new Map([...fields].reverse())
        const bytes = documentOf(fields)
        for (const [name, value] of first) expect(fieldAt(bytes, [name])).to.deep.equal(rawValueOf(value))
      }),
    )
  })
})
