import { type Document, Double, Int32, Long, Timestamp, UUID } from 'bson'
import { expect } from 'chai'
import { asObject, type JsonObject } from '../../singer/json.js'
import { nullable } from '../../singer/schema.js'
import { type Stamp, sampledSchema, type WriterOptions } from '../../tap-mongo/record-writer.js'
import { configOf } from './given-config.js'
import { bsonOf, linesOf, recordIn, schemaIn, writerOf, written } from './writing.js'

const text = nullable('string')
const any = { type: ['null', 'boolean', 'integer', 'number', 'string', 'object', 'array'] }
const deletedAt = Date.UTC(2026, 10, 21)
const time = '2026-11-21T00:00:00.000Z'

describe('a RECORD line', () => {
  const table: [string, Stamp | undefined, RegExp][] = [
    [
      'names its stream',
      undefined,
      /^\{"type":"RECORD","stream":"s","record":\{"a":1\},"time_extracted":"[^"]+Z"\}\n$/,
    ],
    ['has the version', { version: 5 }, /,"record":\{"a":1\},"version":5,"time_extracted":"[^"]+Z"\}\n$/],
    [
      'says when a document was deleted',
      { deletedAt },
      /"record":\{"a":1,"_sdc_deleted_at":"2026-11-21T00:00:00.000Z"\},/,
    ],
  ]
  for (const [title, stamp, line] of table) {
    it(title, () => {
      const { lines } = written(
        { hasDeletes: true, schema: { properties: { a: nullable('integer') } } },
        [[{ a: 1 }]],
        stamp,
      )
      expect(lines).to.have.lengthOf(2)
      expect(lines[1]).to.match(line)
    })
  }
})

describe('a SCHEMA', () => {
  it('has key and bookmark properties', () => {
    const { lines } = written({ keyProperties: ['_id'], bookmarkProperties: ['at'], stream: 'x' }, [])
    expect(JSON.parse(lines[0] ?? '')).to.deep.equal({
      type: 'SCHEMA',
      stream: 'x',
      schema: { type: 'object', properties: { _id: { type: ['string'] } } },
      key_properties: ['_id'],
      bookmark_properties: ['at'],
    })
  })

  it('keeps what the catalog says beside the columns, but requires none', () => {
    const { lines } = written({ schema: { description: 'x', required: ['a'], properties: { a: text } } }, [])
    expect(schemas(lines)).to.deep.equal([{ type: 'object', description: 'x', properties: { a: text } }])
  })

  it('stands before the first record that needs it, once for all of a page', () => {
    const { lines, writer } = written({ schema: { properties: { a: text } } }, [
      [{ a: 'x' }, { a: 'y', b: null }, { b: true }, { c: [{ d: 'x' }] }],
      [{ c: [{ d: 'x', e: 'z' }], a: 'x' }],
    ])
    const c = (inner: JsonObject) => ({ c: nullable('array', { items: nullable('object', { properties: inner }) }) })
    const wider = { a: text, b: nullable('boolean') }
    expect(lines.map((line) => schemaIn(line)?.properties ?? recordIn(line))).to.deep.equal([
      { a: text },
      '{"a":"x"}',
      { ...wider, ...c({ d: text }) },
      ...['{"a":"y","b":null}', '{"b":true}', '{"c":[{"d":"x"}]}'],
      { ...wider, ...c({ d: text, e: text }) },
      '{"c":[{"d":"x","e":"z"}],"a":"x"}',
    ])
    expect(writer.widened).to.equal(2)
  })

  const types: [string, Document[], JsonObject][] = [
    ['a double without a fraction is a number', [{ a: new Double(5) }], nullable('number')],
    ['a double after an integer makes numbers of them', [{ a: 5 }, { a: new Double(5) }], nullable('number')],
    ['what was only null takes everything', [{ a: null }], any],
    ['an object that was always empty takes everything', [{ a: {} }], nullable('object')],
    ['texts of two forms are plain', [{ a: new UUID() }, { a: new Date() }], text],
    ['dates beside texts are texts', [{ a: new Date() }, { a: 'x' }], text],
    ['one uuid', [{ a: new UUID() }], nullable('string', { format: 'uuid' })],
    [
      'objects beside others are one column',
      [{ a: { b: 1 } }, { a: 'x' }, { a: { c: 1 } }],
      { type: ['null', 'string', 'object'] },
    ],
    [
      'a timestamp is an object',
      [{ a: new Timestamp({ t: 1, i: 2 }) }],
      { type: ['null', 'object'], properties: { t: int64(), i: int64() } },
    ],
  ]
  for (const [title, documents, schema] of types) {
    it(title, () => {
      const columns = asObject(sampledSchema(documents.map(bsonOf), configOf()).properties)
      expect(JSON.parse(JSON.stringify(columns.a))).to.deep.equal(JSON.parse(JSON.stringify(schema)))
    })
  }
})

describe('what is left out of records', () => {
  const known = (inner: JsonObject): JsonObject => ({ properties: { _id: { type: ['integer'] }, a: inner } })
  const out = (...path: string[]) => ({ deselected: [path] })
  const table: [string, Partial<WriterOptions>, Document, string][] = [
    ['a column', { ...out('properties', 'b'), schema: known(text) }, { b: 1, a: 'x' }, '{"a":"x"}'],
    ['every column', { ...out('properties', 'b') }, { b: 1 }, '{}'],
    [
      'a field of an object',
      { ...out('properties', 'a', 'properties', 'c'), schema: known(nullable('object', { properties: { b: text } })) },
      { a: { c: 1, b: 'x' } },
      '{"a":{"b":"x"}}',
    ],
    [
      'the only field of an object',
      { ...out('properties', 'a', 'properties', 'c'), schema: known(nullable('object', { properties: {} })) },
      { a: { c: 1, d: 'x' } },
      '{"a":{"d":"x"}}',
    ],
    [
      'a field of the items of an array',
      {
        ...out('properties', 'a', 'items', 'properties', 'c'),
        schema: known(nullable('array', { items: nullable('object', { properties: { b: text } }) })),
      },
      { a: [{ b: 'x', c: 1 }, { c: { d: 1 } }] },
      '{"a":[{"b":"x"},{}]}',
    ],
    [
      'a field of an object among other types',
      {
        ...out('properties', 'a', 'properties', 'c'),
        schema: known({ type: ['null', 'string', 'object'], properties: {} }),
      },
      { a: { b: 'x', c: 1 } },
      '{"a":{"b":"x"}}',
    ],
    [
      'half a timestamp',
      {
        ...out('properties', 'a', 'properties', 'i'),
        schema: known(nullable('object', { properties: { t: int64() } })),
      },
      { a: new Timestamp({ t: 7, i: 2 }) },
      '{"a":{"t":7}}',
    ],
    [
      'what a closed object does not name',
      { schema: known(nullable('object', { properties: { b: text }, additionalProperties: false })) },
      { a: { b: 'x', c: 1 } },
      '{"a":{"b":"x"}}',
    ],
    [
      'what a closed record does not name',
      { schema: { ...known(text), additionalProperties: false } },
      { a: 'x', c: 1 },
      '{"a":"x"}',
    ],
    [
      'a field of the document in an envelope',
      {
        ...out('properties', 'document', 'properties', 'c'),
        config: configOf({ strategy: 'envelope' }),
        schema: sampledSchema([], configOf({ strategy: 'envelope' })),
      },
      { _id: 'x', c: 1, d: 2 },
      '{"_id":"x","document":{"_id":"x","d":2},"_sdc_deleted_at":null}',
    ],
    [
      'a column of the raw document',
      { ...out('properties', 'c'), config: configOf({ strategy: 'raw' }) },
      { c: 1, d: 2 },
      '{"d":2}',
    ],
  ]
  for (const [title, given, document, record] of table) {
    it(title, () => {
      const { lines } = written(given, [[document]])
      expect(lines.flatMap((line) => recordIn(line) ?? [])).to.deep.equal([record])
    })
  }

  it('also once objects and arrays stand among other values', () => {
    const user = nullable('object', { properties: { y: int64() } })
    const given = {
      schema: known(nullable('object', { properties: { u: user, l: nullable('array', { items: user }) } })),
      deselected: [
        ['properties', 'a', 'properties', 'u', 'properties', 'x'],
        ['properties', 'a', 'properties', 'l', 'items', 'properties', 'x'],
      ],
    }
    const value = { u: { x: 1, y: 'text' }, l: [{ x: 1, y: 2 }, 3], v: 4 }
    const { lines } = written(given, [[{ a: 'x' }, { a: value }]])
    expect(recordIn(lines.at(-1) ?? '')).to.equal('{"a":{"u":{"y":"text"},"l":[{"y":2},3],"v":4}}')
    expect(asObject(schemas(lines).at(-1)?.properties).a).to.deep.equal({ type: ['null', 'string', 'object'] })
  })
})

describe('the strategies', () => {
  const document = { _id: 'x', a: { b: 1 } }
  const table: [WriterOptions['config']['strategy'], JsonObject, string, string][] = [
    ['raw', {}, '{"_id":"x","a":{"b":1}}', `{"_id":"x","a":{"b":1},"_sdc_deleted_at":"${time}"}`],
    [
      'envelope',
      { document: nullable('object') },
      '{"_id":"x","document":{"_id":"x","a":{"b":1}},"_sdc_deleted_at":null}',
      `{"_id":"x","document":{"_id":"x","a":{"b":1}},"_sdc_deleted_at":"${time}"}`,
    ],
    [
      'infer',
      { a: nullable('object', { properties: { b: int64() } }) },
      '{"_id":"x","a":{"b":1}}',
      `{"_id":"x","a":{"b":1},"_sdc_deleted_at":"${time}"}`,
    ],
  ]
  for (const [strategy, columns, record, deleted] of table) {
    it(strategy, () => {
      const config = configOf({ strategy })
      const schema = sampledSchema([bsonOf(document)], config)
      const writer = writerOf({ config, schema, keyProperties: ['_id'], hasDeletes: true })
      const message = writer.schema()
      const date = { _sdc_deleted_at: nullable('string', { format: 'date-time' }) }
      const properties = { _id: { type: ['string'] }, ...columns, ...date }
      expect(plain(message.type === 'SCHEMA' && message.schema)).to.deep.equal(plain({ type: 'object', properties }))
      expect(linesOf(writer, [bsonOf(document)]).map(recordIn)).to.deep.equal([record])
      expect(linesOf(writer, [bsonOf(document)], { deletedAt }).map(recordIn)).to.deep.equal([deleted])
    })
  }

  it('envelope: a catalog of another strategy is refused', () => {
    const given = { config: configOf({ strategy: 'envelope' }), schema: { properties: { _id: text, a: text } } }
    expect(() => written(given, [])).to.throw(
      'read stream s: the catalog is not one of strategy envelope; run --discover again',
    )
  })

  for (const strategy of ['infer', 'raw', 'envelope'] as const) {
    it(`${strategy}: the schema of no documents has the usual _id`, () => {
      const { _id } = asObject(sampledSchema([], configOf({ strategy })).properties)
      expect(_id).to.deep.equal({ type: ['string'] })
    })
  }

  it('the schema of a view without _id has none', () => {
    expect(sampledSchema([bsonOf({ a: 'x' })], configOf())).to.deep.equal({ type: 'object', properties: { a: text } })
  })
})

describe('defaults', () => {
  const own = { defaults: { a: -1, b: 'x' } }
  const table: [string, Partial<WriterOptions>, Document, string, Stamp?][] = [
    ['stand at the end, where the field is missing', { own }, { c: 1 }, '{"c":1,"a":-1,"b":"x"}'],
    ['stand alone', { own }, {}, '{"a":-1,"b":"x"}'],
    ['say nothing where there is a value', { own }, { b: 'y', a: 0 }, '{"b":"y","a":0}'],
    ['say nothing where there is a null', { own }, { a: null }, '{"a":null,"b":"x"}'],
    ['are left out with their column', { own, deselected: [['properties', 'a']] }, {}, '{"b":"x"}'],
    [
      'say nothing of what was deleted',
      { own, hasDeletes: true },
      { c: 1 },
      `{"c":1,"_sdc_deleted_at":"${time}"}`,
      { deletedAt },
    ],
    ['can be any JSON', { own: { defaults: { '"': [{ n: null }] } } }, {}, '{"\\"":[{"n":null}]}'],
    [
      'stand in the document of an envelope',
      {
        own,
        config: configOf({ strategy: 'envelope' }),
        schema: sampledSchema([], configOf({ strategy: 'envelope' })),
      },
      { _id: 1, b: 'y' },
      '{"_id":1,"document":{"_id":1,"b":"y","a":-1},"_sdc_deleted_at":null}',
    ],
    ['stand in raw documents', { own, config: configOf({ strategy: 'raw' }) }, { b: 'y' }, '{"b":"y","a":-1}'],
  ]
  for (const [title, given, document, record, stamp] of table) {
    it(title, () => {
      const { lines } = written(given, [[document]], stamp)
      expect(lines.flatMap((line) => recordIn(line) ?? [])).to.deep.equal([record])
    })
  }

  it('their columns are in the first SCHEMA, their types with those that are known', () => {
    const given = {
      own: { defaults: { a: -1, b: 'x', d: '2026-01-01T00:00:00Z' } },
      schema: { properties: { a: text } },
    }
    const { lines } = written(given, [[{ a: 'x' }]])
    expect(schemas(lines).map(({ properties }) => plain(properties))).to.deep.equal([
      plain({
        a: { ...int64(), type: ['null', 'integer', 'string'] },
        b: text,
        d: nullable('string', { format: 'date-time' }),
      }),
    ])
  })
})

describe('the column of deletes', () => {
  const own = { _id: 1, _sdc_deleted_at: 'x', a: 'y' }
  const followed = { hasDeletes: true }

  it('is not the field of this name that a document has', () => {
    const message =
      'read stream s: a document has a field _sdc_deleted_at, as the column of deletes is called; deselect that field, or set strategy to envelope'
    expect(() => written(followed, [[own]])).to.throw(message)
    const schema = sampledSchema([bsonOf(own)], configOf())
    expect(() => written({ ...followed, schema }, [[own]])).to.throw(message)
  })

  it('takes its place when the field is deselected', () => {
    const { lines } = written({ ...followed, deselected: [['properties', '_sdc_deleted_at']] }, [[own]], { deletedAt })
    expect(lines.flatMap((line) => recordIn(line) ?? [])).to.deep.equal([
      `{"_id":1,"a":"y","_sdc_deleted_at":"${time}"}`,
    ])
    expect(schemas(lines)[0]?.properties).to.have.property('_sdc_deleted_at')
  })

  it('is a field like any other where nothing tells of deletes', () => {
    const { lines } = written({}, [[own]])
    expect(lines.flatMap((line) => recordIn(line) ?? [])).to.deep.equal(['{"_id":1,"_sdc_deleted_at":"x","a":"y"}'])
  })
})

describe('the key', () => {
  const keyed = { keyProperties: ['_id'] }

  it('is never null, as long as none is', () => {
    const { lines } = written(keyed, [[{ _id: 'x' }, { _id: Number.NaN }, { _id: null }, { _id: 'y' }]])
    expect(
      lines.map((line) => asObject(asObject(schemaIn(line)?.properties)._id).type ?? recordIn(line)),
    ).to.deep.equal([
      ...[['string'], '{"_id":"x"}', ['null', 'number', 'string']],
      ...['{"_id":null}', '{"_id":null}', '{"_id":"y"}'],
    ])
  })

  it('stays nullable', () => {
    const schema = sampledSchema([bsonOf({ _id: Number.NaN })], configOf())
    expect(schema.properties).to.deep.equal({ _id: { type: ['null', 'number'] } })
    const { lines } = written({ ...keyed, schema }, [[{ _id: null }]])
    expect(lines).to.have.lengthOf(2)
  })

  it('is wanted in each document', () => {
    const message =
      'read stream s: a document has no field code, which is its key; correct the key properties in the catalog'
    const given = { keyProperties: ['_id', 'code'], schema: { properties: { _id: text, code: text } } }
    expect(() => written(given, [[{ _id: 'x', code: 'c' }, { _id: 'x' }]])).to.throw(message)
  })
})

describe('values that no JSON holds', () => {
  const nan = Number.NaN
  const table: [string, Document, [string, number][]][] = [
    [
      'are counted by their field',
      { a: nan, b: { c: nan, d: 1 }, e: 1 },
      [
        ['a', 1],
        ['b.c', 1],
      ],
    ],
    [
      'in arrays without their places',
      { a: [nan, 1, nan], b: [{ c: nan }, { c: 1 }, { c: nan }] },
      [
        ['a', 2],
        ['b.c', 2],
      ],
    ],
    ['in arrays of arrays', { a: [[nan], [nan, [nan]]] }, [['a', 3]]],
    ['next to values without bytes', { a: null, b: nan, c: null }, [['b', 1]]],
    ['among mixed values, of which the keys are not known', { a: ['x', { b: nan }] }, [['a.*', 1]]],
  ]
  for (const [title, document, counts] of table) {
    it(title, () => expect([...written({}, [[document]]).writer.nulled]).to.deep.equal(counts))
  }

  it('once in an envelope, though _id stands twice', () => {
    const config = configOf({ strategy: 'envelope' })
    const { writer } = written({ config, schema: sampledSchema([], config) }, [[{ a: 1, _id: nan }]])
    expect([...writer.nulled.values()]).to.deep.equal([1])
  })

  it('however many they are', () => {
    const many = Array.from({ length: 200_000 }, () => nan)
    expect([...written({}, [[{ a: many }]]).writer.nulled]).to.deep.equal([['a', 200_000]])
  })
})

describe('what is no document', () => {
  const broken = (document: Document, change: (bytes: Buffer) => void) => {
    const bytes = bsonOf(document)
    change(bytes)
    return bytes
  }
  const table: [string, Buffer, string | RegExp][] = [
    [
      'text that is no UTF-8',
      broken({ a: { b: 'xyz' } }, (bytes) => bytes.fill(0xff, bytes.indexOf('xyz'), bytes.indexOf('xyz') + 1)),
      /^read stream s: field a\.b: the text is not UTF-8/,
    ],
    [
      'a name that is no UTF-8',
      broken({ a: { xyz: 1 } }, (bytes) => bytes.fill(0xff, bytes.indexOf('xyz'), bytes.indexOf('xyz') + 1)),
      /^read stream s: (field .*: )?the (name|text).* not UTF-8/,
    ],
    [
      'a length beyond the end',
      broken({ a: 'xyz' }, (bytes) => bytes.writeInt32LE(99, 7)),
      /^read stream s: the BSON is damaged/,
    ],
    [
      'a type that does not exist',
      broken({ a: 'xyz' }, (bytes) => bytes.fill(0x55, 4, 5)),
      /^read stream s: the BSON is damaged/,
    ],
    ['the half of one', bsonOf({ a: 'xyz', b: 1 }).subarray(0, 12), /^read stream s: the BSON is damaged/],
  ]
  for (const [title, bytes, message] of table) {
    it(title, () => {
      expect(() => linesOf(writerOf(), [bytes]), 'unknown columns').to.throw(message)
      const config = configOf({ strategy: 'raw' })
      expect(() => linesOf(writerOf({ config }), [bytes]), 'raw').to.throw(message)
    })
  }
})

function int64(): JsonObject {
  return asObject(asObject(sampledSchema([bsonOf({ a: new Int32(1), b: Long.MAX_VALUE })], configOf()).properties).b)
}

function plain(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema))
}

function schemas(lines: readonly string[]): JsonObject[] {
  return lines.map(schemaIn).filter((schema) => schema !== undefined)
}
