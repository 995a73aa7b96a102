import { expect } from 'chai'
import { Binary } from 'mongodb'
import { jsonText } from '../../singer/json.js'
import { BsonType } from '../../tap-mongo/bson/bson-type.js'
import { sampledSchema } from '../../tap-mongo/record-writer.js'
import { type TypeOptions, typeSchema } from '../../tap-mongo/types.js'
import { configOf } from './given-config.js'
import { documentOf } from './random-bson.js'

const { binary, decimal128, ...others } = BsonType
const int64 = '{"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807}'
const plain: Readonly<Record<keyof typeof others, string | undefined>> = {
  double: '{"type":"number"}',
  string: '{"type":"string"}',
  object: '{"type":"object"}',
  array: '{"type":"array"}',
  undefined: undefined,
  objectId: '{"type":"string"}',
  boolean: '{"type":"boolean"}',
  date: '{"type":"string","format":"date-time"}',
  null: undefined,
  regex: '{"type":"object","properties":{"pattern":{"type":["null","string"]},"options":{"type":["null","string"]}}}',
  dbPointer: '{"type":"object","properties":{"ref":{"type":["null","string"]},"id":{"type":["null","string"]}}}',
  code: '{"type":"string"}',
  symbol: '{"type":"string"}',
  codeWithScope:
    '{"type":"object","properties":{"code":{"type":["null","string"]},"scope":{"type":["null","object"]}}}',
  int32: int64,
  timestamp:
    '{"type":"object","properties":{"t":{"type":["null","integer"],"minimum":0,"maximum":4294967295},"i":{"type":["null","integer"],"minimum":0,"maximum":4294967295}}}',
  int64,
  minKey: undefined,
  maxKey: undefined,
}

describe('tap-mongo types', () => {
  for (const [name, schema] of Object.entries(plain)) {
    it(`give ${name} the schema ${schema ?? 'of null alone'}`, () => {
      expect(schemaOf(BsonType[name as keyof typeof BsonType])).to.equal(schema)
    })
  }

  const byOption: readonly [string, number, number, Partial<TypeOptions>, string][] = [
    ['Decimal128', decimal128, 0, {}, '{"type":"number"}'],
    ['Decimal128 as text', decimal128, 0, { decimal: 'string' }, '{"type":"string","format":"singer.decimal"}'],
    ['bytes', binary, 0, {}, '{"type":"string","contentEncoding":"base64"}'],
    ['bytes as hex digits', binary, 128, { binary: 'hex' }, '{"type":"string","contentEncoding":"base16"}'],
    ['UUIDs', binary, 4, { binary: 'hex' }, '{"type":"string","format":"uuid"}'],
    ['old UUIDs', binary, 3, {}, '{"type":"string","format":"uuid"}'],
    ['int64 in relaxed Extended JSON', BsonType.int64, 0, { document_format: 'relaxed_ejson' }, int64],
    [
      'doubles in relaxed Extended JSON',
      BsonType.double,
      0,
      { document_format: 'relaxed_ejson' },
      '{"type":["number","object"]}',
    ],
  ]
  for (const [title, type, subtype, options, schema] of byOption) {
    it(`give ${title} the schema ${schema}`, () => expect(schemaOf(type, subtype, options)).to.equal(schema))
  }

  it('give no UUID to what calls itself one but has not its 16 bytes', () => {
    const document = documentOf([['a', new Binary(Buffer.from('ab'), 4)]])
    expect(jsonText(sampledSchema([document], configOf())))
      .to.include('"contentEncoding":"base64"')
      .and.not.include('uuid')
  })

  it('give an object to all that canonical Extended JSON writes as one', () => {
    const { string, array, boolean, null: nothing, ...objects } = BsonType
    for (const type of Object.values(objects)) {
      expect(typeSchema(type, 0, configOf({ document_format: 'canonical_ejson' }))?.type).to.equal('object')
    }
    for (const type of [string, array, boolean]) expect(schemaOf(type)).not.to.equal(undefined)
    expect(schemaOf(nothing)).to.equal(undefined)
  })
})

function schemaOf(type: number, subtype = 0, options: Partial<TypeOptions> = {}): string | undefined {
  const schema = typeSchema(type, subtype, configOf(options))
  return schema && jsonText(schema)
}
