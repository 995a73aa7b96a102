import { expect } from 'chai'
import { jsonText, parseJson } from '../../singer/json.js'
import { inferred, planOf, type Writing, written } from './record-pages.js'

const integer = { type: ['null', 'integer'] }
const text = { type: ['null', 'string'] }
const user = { type: ['null', 'object'], properties: { id: integer, name: text } }
const schemaOf = (properties: object) => ({ type: 'object', properties: { ...properties } })
const record = (json: string) =>
  `{"type":"RECORD","stream":"s","record":${json},"time_extracted":"2026-11-21T06:00:00.000000Z"}`
const schema = (properties: string) =>
  `{"type":"SCHEMA","stream":"s","schema":{"type":"object","properties":${properties}},"key_properties":[]}`

describe('records are copied, byte for byte', () => {
  for (const json of [
    '{"a":12345678901234567890}',
    '{"a":-0}',
    '{ "a" : 1 , "b" : "x" }',
    '{"b":"\\u00e9 \\" \\\\ \u{1f600}","a":1}',
    '{"b":null,"a":null}',
    '{}',
  ]) {
    it(json, () => {
      const { lines } = written([[json]], { schema: schemaOf({ a: integer, b: text }) })
      expect(lines.slice(1)).to.deep.equal([record(json)])
    })
  }

  it('1.10, 1e400 and -0.0 keep their digits', () => {
    const json = '{"a":[1.10,1e400,-0.0]}'
    expect(written([[json]], { schema: inferred([json]) }).lines.slice(1)).to.deep.equal([record(json)])
  })

  it('with the version of a whole stream', () => {
    const { lines } = written([['{"a":1}']], { schema: schemaOf({ a: integer }), version: 7 })
    expect(lines[1]).to.equal(
      '{"type":"RECORD","stream":"s","record":{"a":1},"version":7,"time_extracted":"2026-11-21T06:00:00.000000Z"}',
    )
  })

  it('in many blocks, one of them as long as its record', () => {
    const records = Array.from(
      { length: 3000 },
      (_, i) => `{"a":${i},"b":"${'x'.repeat(i === 1500 ? 1_000_000 : i % 400)}"}`,
    )
    const { lines } = written([records], { schema: schemaOf({ a: integer, b: text }) })
    expect(lines.slice(1)).to.deep.equal(records.map(record))
  })
})

describe('include columns stand first', () => {
  const plan = planOf({ columns: ['lat', 'lon'] })
  const lines = (json: string, writing: Partial<Writing> = {}) => {
    const properties = { lat: { type: ['null', 'number'] }, lon: { type: ['null', 'number'] }, duration: integer }
    return written([[json]], { schema: schemaOf(properties), plan, included: [42.36, 71.05], ...writing }).lines
  }

  it('before the columns of the record', () => {
    expect(lines('{"duration":653}').slice(1)).to.deep.equal([record('{"lat":42.36,"lon":71.05,"duration":653}')])
  })

  it('alone where the record is empty', () => {
    expect(lines('{ }').slice(1)).to.deep.equal([record('{"lat":42.36,"lon":71.05 }')])
  })

  it('one of them deselected', () => {
    const found = lines('{"duration":653}', {
      deselected: [['properties', 'lat']],
      schema: schemaOf({ lon: {}, duration: integer }),
    })
    expect(found[1]).to.equal(record('{"lon":71.05,"duration":653}'))
  })

  it('of another type: a wider SCHEMA before the record', () => {
    expect(lines('{"duration":653}', { included: ['x', 1] })[1]).to.include('"lat":{"type":["null","number","string"]}')
  })

  it('a record with such a field of its own ends the stream', () => {
    expect(() => lines('{"lat":1}')).to.throw('record 1 of this run has a field lat of its own')
  })
})

describe('a record that does not fit has a wider SCHEMA before it', () => {
  const table: [string, object, string[], string][] = [
    [
      'a new column comes last',
      { b: integer },
      ['{"b":1}', '{"a":1,"b":2}'],
      '{"b":{"type":["null","integer"]},"a":{"type":["null","integer"]}}',
    ],
    [
      'a new nested column',
      { u: user },
      ['{"u":{"id":1}}', '{"u":{"id":1,"x":true}}'],
      '{"u":{"type":["null","object"],"properties":{"id":{"type":["null","integer"]},"name":{"type":["null","string"]},"x":{"type":["null","boolean"]}}}}',
    ],
    ['another type', { b: integer }, ['{"b":1}', '{"b":"x"}'], '{"b":{"type":["null","integer","string"]}}'],
    ['1.0 in a column of integers', { b: integer }, ['{"b":1}', '{"b":1.0}'], '{"b":{"type":["null","number"]}}'],
    [
      'a text that is no date-time',
      { b: { type: ['null', 'string'], format: 'date-time' } },
      ['{"b":"2024-01-01T00:00:00Z"}', '{"b":"soon"}'],
      '{"b":{"type":["null","string"]}}',
    ],
    [
      'an object where a text was',
      { b: text },
      ['{"b":"x"}', '{"b":{"c":1}}'],
      '{"b":{"type":["null","string","object"]}}',
    ],
    [
      'a new kind of item',
      { b: { type: ['null', 'array'], items: integer } },
      ['{"b":[]}', '{"b":[1,"x"]}'],
      '{"b":{"type":["null","array"],"items":{"type":["null","integer","string"]}}}',
    ],
    [
      'other keywords stay',
      { b: { ...integer, title: 'B' } },
      ['{"b":1}', '{"b":"x"}'],
      '{"b":{"type":["null","integer","string"],"title":"B"}}',
    ],
  ]
  for (const [title, properties, [fits = '', other = ''], wider] of table) {
    it(title, () => {
      const { lines } = written([[fits, other, fits]], { schema: schemaOf(properties) })
      expect(lines.slice(1)).to.deep.equal([record(fits), schema(wider), record(other), record(fits)])
    })
  }

  const same: [string, object, string][] = [
    ['a null', { b: integer }, '{"b":null}'],
    ['an integer among numbers', { b: { type: ['null', 'number'] } }, '{"b":1}'],
    ['anything where only nulls were', inferred(['{"b":null}']).properties as object, '{"b":{"c":[1]}}'],
    ['anything in an object without properties', { b: { type: ['null', 'object'], properties: {} } }, '{"b":{"c":1}}'],
    ['anything in an object that was empty', inferred(['{"b":{}}']).properties as object, '{"b":{"c":[1]}}'],
    ['anything in a list that was empty', inferred(['{"b":[]}']).properties as object, '{"b":[{"c":[1]}]}'],
    ['a new key of a map', { m: { type: 'object', additionalProperties: integer } }, '{"m":{"x":1,"y":null}}'],
    ['a date-time with an escape', { b: { ...text, format: 'date-time' } }, '{"b":"2024-01-01T00:00:00\\u002B00:00"}'],
    ['a key that stands twice', { b: integer }, '{"b":"x","b":1}'],
    ['a missing column', { b: integer, c: text }, '{"c":"x"}'],
  ]
  for (const [title, properties, json] of same) {
    it(`none is needed for ${title}`, () => {
      expect(written([[json]], { schema: schemaOf(properties) }).lines.slice(1)).to.deep.equal([record(json)])
    })
  }

  it('one SCHEMA for all that is new in a page', () => {
    const { lines } = written([['{"a":null}', '{"a":1,"b":1}', '{"c":1}']], { schema: schemaOf({ z: integer }) })
    expect(lines.filter((line) => line.includes('"SCHEMA"'))).to.have.length(2)
    expect(lines[1]).to.include('"a":{"type":["null","integer"]}')
  })

  it('the log names the columns, once for each SCHEMA', () => {
    const { log } = written([['{"a":1,"b":2}', '{"a":"x","c":1}'], ['{"a":1}']], {
      schema: schemaOf({ a: integer, b: integer }),
    })
    expect(log).to.deep.equal([
      'records have what the schema does not: it is wider from here on {"stream":"s","columns":["a","c"]}',
    ])
  })

  it('an object that grows into a map becomes one column', () => {
    const uuid = (i: number) => `00000000-0000-4000-8000-0000000000${10 + i}`
    const pages = Array.from({ length: 60 }, (_, i) => [`{"m":{"${uuid(i)}":${i}}}`])
    const { lines } = written(pages, { schema: schemaOf({ m: user }) })
    const schemas = lines.filter((line) => line.includes('"SCHEMA"'))
    expect(schemas).to.have.length(50)
    expect(schemas.at(-1)).to.equal(
      schema('{"m":{"type":["null","object"],"additionalProperties":{"type":["null","integer","string"]}}}'),
    )
  })

  it('a column that is null when it is new keeps its name whatever comes later', () => {
    const { lines } = written([['{"a":null}'], ['{"a":{"b":1}}']], { schema: schemaOf({}) })
    expect(lines.filter((line) => line.includes('"SCHEMA"'))).to.have.length(2)
  })
})

describe('what the user deselected is left out', () => {
  const table: [string, string[][], string, string][] = [
    ['the first column', [['properties', 'x']], '{"x":{"y":[1,"}"]},"a":1}', '{"a":1}'],
    ['the last', [['properties', 'x']], '{"a":1, "x":"\\"}"}', '{"a":1}'],
    ['one between', [['properties', 'x']], '{"a":1,"x":null,"u":{}}', '{"a":1,"u":{}}'],
    [
      'several',
      [
        ['properties', 'x'],
        ['properties', 'y'],
      ],
      '{"x":1,"y":2,"a":1,"x":1,"y":2}',
      '{"a":1}',
    ],
    ['all there is', [['properties', 'x']], '{"x":1}', '{}'],
    [
      'within an object',
      [['properties', 'u', 'properties', 'x']],
      '{"a":1,"u":{"x":1,"id":2}}',
      '{"a":1,"u":{"id":2}}',
    ],
    [
      'within lists',
      [['properties', 'l', 'items', 'properties', 'x']],
      '{"l":[{"x":1,"id":1},{"id":2,"x":2}]}',
      '{"l":[{"id":1},{"id":2}]}',
    ],
  ]
  const properties = { a: integer, u: user, l: { type: ['null', 'array'], items: user } }
  for (const [title, deselected, json, kept] of table) {
    it(title, () => {
      expect(written([[json]], { schema: schemaOf(properties), deselected }).lines.slice(1)).to.deep.equal([
        record(kept),
      ])
    })
  }

  it('also once objects and lists stand among other values', () => {
    const inner = { type: ['null', 'object'], properties: { u: user } }
    const given = {
      schema: schemaOf({ o: inner, l: { type: ['null', 'array'], items: user } }),
      deselected: [
        ['properties', 'o', 'properties', 'u', 'properties', 'x'],
        ['properties', 'l', 'items', 'properties', 'x'],
      ],
    }
    const found = written([['{"o":"","l":0}', '{"o":{"v":1,"u":{"x":1,"y":2}},"l":[{"x":1,"y":2},3]}']], given).lines
    expect(found.at(-1)).to.equal(record('{"o":{"v":1,"u":{"y":2}},"l":[{"y":2},3]}'))
    const types = '"properties":{"o":{"type":["null","string","object"]},"l":{"type":["null","integer","array"]}}'
    expect(found.at(-3)).to.include(types)
  })
})

describe('a declared schema', () => {
  const declared = {
    type: 'object',
    properties: { a: { type: 'integer', minimum: 0 }, u: { type: 'object', properties: { id: { type: 'string' } } } },
  }
  const plan = planOf({ schema: { declared } })

  it('says the types', () => {
    expect(written([['{"a":"x","u":{"id":1}}']], { schema: declared, plan }).lines.slice(1)).to.deep.equal([
      record('{"a":"x","u":{"id":1}}'),
    ])
  })

  it('takes any list where it says nothing of its items', () => {
    const { lines } = written([['{"u":{"x":1}}', '{"u":[{"x":1}]}']], { schema: declared, plan })
    expect(lines.filter((line) => line.includes('"SCHEMA"'))).to.have.length(2)
    expect(lines[1]).not.to.include('items')
  })

  it('grows by what it does not name', () => {
    const { lines } = written([['{"u":{"id":1,"x":1},"b":1}']], { schema: declared, plan })
    expect(lines[1]).to.include(
      '"properties":{"a":{"type":"integer","minimum":0},"u":{"type":"object","properties":{"id":{"type":"string"},"x":{"type":["null","integer"]}}},"b":{"type":["null","integer"]}}',
    )
  })

  it('with additionalProperties: false leaves out what it does not name, and says so once', () => {
    const closed = { ...declared, additionalProperties: false }
    const pages = [['{"a":1,"b":2}', '{"b":2,"c":3}'], ['{"b":1}']]
    const { lines, log } = written(pages, { schema: closed, plan: planOf({ schema: { declared: closed } }) })
    expect(lines.slice(1)).to.deep.equal([record('{"a":1}'), record('{}'), record('{}')])
    expect(log).to.have.length(1)
    expect(log[0]).to.include('"keys":["b","c"]')
  })
})

describe('keys', () => {
  const keyed = { schema: schemaOf({ id: integer, b: text }), keys: ['id'] }
  for (const json of ['{"b":"x"}', '{"id":null,"b":"x"}', '{"id":1,"id":null}']) {
    it(`${json} has none, which ends the stream`, () => {
      expect(() => written([['{"id":1}', json]], keyed)).to.throw('record 2 of this run has no value for its key id')
    })
  }

  it('may be include columns', () => {
    const plan = planOf({ columns: ['parent'] })
    const writing = { schema: schemaOf({ parent: integer, id: integer }), keys: ['parent', 'id'], plan }
    expect(written([['{"id":1}']], { ...writing, included: [5] }).lines[1]).to.equal(record('{"parent":5,"id":1}'))
    expect(() => written([['{"id":1}']], { ...writing, included: [null] })).to.throw('no value for its key parent')
  })

  it('within an object are columns of their own', () => {
    const plan = planOf({ primaryKey: [['user', 'id']] })
    const known = inferred(['{"user":{"id":1},"a":1}'], plan)
    expect(Object.keys(known.properties as object)).to.deep.equal(['user__id', 'user', 'a'])
    const { lines } = written([['{"user":{"id":12345678901234567890},"a":1}']], {
      schema: known,
      keys: ['user__id'],
      plan,
    })
    expect(lines[1]).to.equal(record('{"user__id":12345678901234567890,"user":{"id":12345678901234567890},"a":1}'))
    expect(() => written([['{"user":{},"a":1}']], { schema: known, keys: ['user__id'], plan })).to.throw('user__id')
  })
})

describe('flatten', () => {
  const flatten = { separator: '__', maxDepth: 9, except: [], cleanNames: false }
  const flat = (json: string, given: object = {}) => {
    const plan = planOf({ flatten: { ...flatten, ...given } })
    return written([[json]], { schema: inferred([json], plan), plan }).lines[1]
  }
  const table: [string, object, string, string][] = [
    ['objects become their members', {}, '{"a":{"b":{"c":1.10}},"d":"x"}', '{"a__b__c":1.10,"d":"x"}'],
    ['lists become text', {}, '{"a":[1, {"b":"x"}]}', '{"a":"[1, {\\"b\\":\\"x\\"}]"}'],
    ['down to a depth', { maxDepth: 1 }, '{"a":{"b":{"c":1}}}', '{"a__b":"{\\"c\\":1}"}'],
    ['but for some', { except: ['a.b'] }, '{"a":{"b":{"c":1},"d":1}}', '{"a__b":"{\\"c\\":1}","a__d":1}'],
    ['with clean names', { separator: '_', cleanNames: true }, '{"a-b":{"c.d":1}}', '{"a_b_c_d":1}'],
    ['an empty object is nothing', {}, '{"a":{},"b":1}', '{"b":1}'],
  ]
  for (const [title, given, json, kept] of table) {
    it(title, () => {
      expect(flat(json, given)).to.equal(record(kept))
    })
  }

  it('a null where other records have an object has no column of its own', () => {
    const plan = planOf({ flatten })
    const records = ['{"u":null,"a":1}', '{"u":{"id":1},"a":1}']
    const known = inferred(records, plan)
    expect(Object.keys(known.properties as object)).to.deep.equal(['a', 'u__id'])
    expect(written([records], { schema: known, plan }).lines.slice(1)).to.deep.equal([
      record('{"a":1}'),
      record('{"u__id":1,"a":1}'),
    ])
  })

  it('two fields that would be one column end the stream', () => {
    expect(() => flat('{"a":{"b":1},"a__b":2}')).to.throw('the fields a.b and a__b would both be the column a__b')
  })

  it('raw_record adds the record as text', () => {
    const plan = planOf({ rawRecord: true })
    const { lines } = written([['{"a":1.10}']], { schema: inferred(['{"a":1.10}'], plan), plan })
    expect(lines[1]).to.equal(record('{"a":1.10,"_sdc_raw_json":"{\\"a\\":1.10}"}'))
    expect(jsonText(parseJson(lines[0] ?? ''))).to.include('"_sdc_raw_json":{"type":["null","string"]}')
  })
})
