import { expect } from 'chai'
import { jsonText } from '../../singer/json.js'
import { inferred, planOf } from './record-pages.js'

const all = '["null","boolean","integer","number","string","object","array"]'
const uuids = Array.from({ length: 51 }, (_, i) => `00000000-0000-4000-8000-0000000000${10 + i}`)
const maps = uuids.map((id) => `{"m":{"${id}":{"n":1}}}`)

describe('the schema of a stream is what fits its first records', () => {
  const table: [string, string[], string][] = [
    [
      'each column is nullable',
      ['{"a":1,"b":"x","c":true,"d":1.5}'],
      '{"a":{"type":["null","integer"]},"b":{"type":["null","string"]},"c":{"type":["null","boolean"]},"d":{"type":["null","number"]}}',
    ],
    [
      'columns stand in the order in which they came',
      ['{"b":1}', '{"a":1,"b":1}'],
      '{"b":{"type":["null","integer"]},"a":{"type":["null","integer"]}}',
    ],
    ['nulls say nothing', ['{"a":null}', '{"a":1}'], '{"a":{"type":["null","integer"]}}'],
    ['only nulls: every type', ['{"a":null}'], `{"a":{"type":${all}}}`],
    ['integers and numbers are numbers', ['{"a":1}', '{"a":1.5}', '{"a":2}'], '{"a":{"type":["null","number"]}}'],
    ['a number first, too', ['{"a":1.5}', '{"a":2}'], '{"a":{"type":["null","number"]}}'],
    ['1.0 is no integer', ['{"a":1}', '{"a":1.0}'], '{"a":{"type":["null","number"]}}'],
    ['1e400 is no integer', ['{"a":1e400}'], '{"a":{"type":["null","number"]}}'],
    ['1e+21 is no integer', ['{"a":1e+21}'], '{"a":{"type":["null","number"]}}'],
    ['a large integer is one', ['{"a":12345678901234567890}'], '{"a":{"type":["null","integer"]}}'],
    ['mixed scalars are a list of types', ['{"a":1}', '{"a":"x"}'], '{"a":{"type":["null","integer","string"]}}'],
    ['an object or a string', ['{"a":{"b":1}}', '{"a":"x"}'], '{"a":{"type":["null","string","object"]}}'],
    [
      'an object or a list',
      ['{"a":{"b":1}}', '{"a":[1]}', '{"a":{"c":1}}'],
      '{"a":{"type":["null","object","array"]}}',
    ],
    [
      'nested objects',
      ['{"a":{"b":{"c":1}}}', '{"a":{"b":{"d":"x"}}}'],
      '{"a":{"type":["null","object"],"properties":{"b":{"type":["null","object"],"properties":{"c":{"type":["null","integer"]},"d":{"type":["null","string"]}}}}}}',
    ],
    ['an object that is always empty', ['{"a":{}}'], '{"a":{"type":["null","object"]}}'],
    [
      'lists',
      ['{"a":[1,2]}', '{"a":[null,1.5]}'],
      '{"a":{"type":["null","array"],"items":{"type":["null","number"]}}}',
    ],
    ['a list that is always empty', ['{"a":[]}'], '{"a":{"type":["null","array"]}}'],
    [
      'lists of mixed items',
      ['{"a":[1,"x",{"b":1}]}'],
      '{"a":{"type":["null","array"],"items":{"type":["null","integer","string","object"]}}}',
    ],
    [
      'lists of objects',
      ['{"a":[{"b":1},{"c":[true]}]}'],
      '{"a":{"type":["null","array"],"items":{"type":["null","object"],"properties":{"b":{"type":["null","integer"]},"c":{"type":["null","array"],"items":{"type":["null","boolean"]}}}}}}',
    ],
    [
      'date-times',
      ['{"a":"2024-02-29T23:59:59Z"}', '{"a":null}', '{"a":"2024-01-01T00:00:00.123456789+05:30"}'],
      '{"a":{"type":["null","string"],"format":"date-time"}}',
    ],
    ['one text that is none', ['{"a":"2024-02-29T23:59:59Z"}', '{"a":""}'], '{"a":{"type":["null","string"]}}'],
    [
      'a date-time after another text',
      ['{"a":"x"}', '{"a":"2024-02-29T23:59:59Z"}'],
      '{"a":{"type":["null","string"]}}',
    ],
    [
      'date-times and numbers',
      ['{"a":"2024-02-29T23:59:59Z"}', '{"a":0}'],
      '{"a":{"type":["null","integer","string"]}}',
    ],
    [
      'a map: more than 50 keys that look like identifiers',
      maps,
      '{"m":{"type":["null","object"],"additionalProperties":{"type":["null","object"],"properties":{"n":{"type":["null","integer"]}}}}}',
    ],
    [
      'keys with escapes',
      ['{"\\u0061":1,"a\\"":2}'],
      '{"a":{"type":["null","integer"]},"a\\"":{"type":["null","integer"]}}',
    ],
    ['a key called __proto__', ['{"__proto__":1}'], '{"__proto__":{"type":["null","integer"]}}'],
    ['an empty record', ['{}'], '{}'],
  ]
  for (const [title, records, properties] of table) {
    it(title, () => {
      expect(jsonText(inferred(records))).to.equal(`{"type":"object","properties":${properties}}`)
    })
  }

  for (const text of [
    '2024-13-01T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:00:00',
    '2024-01-01 00:00:00Z',
    '2024-01-01T00:00:00.Z',
    '2024-01-01T00:00:00+0530',
    '0000-01-01T00:00:00Z',
    '2024-01-01T00:00:60Z',
    '2024-01-01',
    '2024-01-01T00:00:00Zz',
  ]) {
    it(`${text} is no date-time`, () => {
      expect(jsonText(inferred([`{"a":"${text}"}`]))).not.to.include('date-time')
    })
  }

  it('50 such keys are no map yet', () => {
    expect(jsonText(inferred(maps.slice(1)))).to.include('properties":{"00000000-')
  })

  it('include columns stand first', () => {
    const schema = inferred(['{"duration":653}'], planOf({ columns: ['lat', 'lon'] }), [42.36, null])
    expect(Object.keys(schema.properties as object)).to.deep.equal(['lat', 'lon', 'duration'])
    expect(jsonText(schema)).to.include('"lat":{"type":["null","number"]}')
  })

  it('looks at as many records as the settings say', () => {
    const plan = planOf({ schema: { infer: { records: 1, pages: 5, parents: 5 } } })
    expect(jsonText(inferred(['{"a":1}', '{"b":1}'], plan))).not.to.include('"b"')
  })
})
