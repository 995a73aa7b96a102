import { expect } from 'chai'
import { ProtocolError } from '../../singer/errors.js'
import { defaults, failure, lines, record, rowsOf, scan, schema } from './scanning.js'

const text = { type: ['null', 'string'] }
const object = (properties: object, rest: object = {}) => ({ type: ['null', 'object'], properties, ...rest })
const header = (properties: string | object, options = {}) => rowsOf(properties, [], options).trimEnd()

/** What a SCHEMA's properties become in the header. */
const headers: readonly (readonly [string, string | object, string])[] = [
  ['the order of the SCHEMA', { z: text, a: text, m: text }, 'z,a,m'],
  ['keys that look like numbers keep their place', '{"b":{},"10":{},"2":{},"a":{}}', 'b,10,2,a'],
  ['a nested object', { a: object({ b: text, c: text }), d: text }, 'a__b,a__c,d'],
  ['three levels', { a: object({ b: object({ c: text }) }) }, 'a__b__c'],
  ['an object without properties is one column', { a: { type: 'object' }, b: object({}) }, 'a,b'],
  ['an object or something else is one column', { a: { type: ['object', 'string'], properties: { b: text } } }, 'a'],
  ['properties without a type', { a: { properties: { b: text } } }, 'a__b'],
  ['an array is one column', { a: { type: 'array', items: object({ b: text }) } }, 'a'],
  ['anyOf of one and null is that one', { a: { anyOf: [{ type: 'null' }, object({ b: text })] } }, 'a__b'],
  ['any other anyOf is one column', { a: { anyOf: [object({ b: text }), object({ c: text })] } }, 'a'],
  ['true and false are schemas', { a: true, b: false }, 'a,b'],
  ['odd names', '{"__proto__":{},"constructor":{},"":{},"a.b":{}}', '__proto__,constructor,"",a.b'],
  ['the same name twice: flattened gives way', { a: object({ b: text }), a__b: text }, 'a__b_2,a__b'],
  ['in either order', { a__b: text, a: object({ b: text }) }, 'a__b,a__b_2'],
  ['also to a name with a number', { a__b: text, a__b_2: text, a: object({ b: text }) }, 'a__b,a__b_2,a__b_3'],
  ['between two flattened ones', { a: object({ b__c: text }), a__b: object({ c: text }) }, 'a__b__c,a__b__c_2'],
  ['in either order, too', { a__b: object({ c: text }), a: object({ b__c: text }) }, 'a__b__c_2,a__b__c'],
]

describe('target-s3-csv: columns', () => {
  for (const [title, properties, expected] of headers) {
    it(title, () => expect(header(properties)).to.equal(expected))
  }

  it('flattens as deep as it is told, with the separator it is told', () => {
    const properties = { a: object({ b: object({ c: object({ d: text }) }) }) }
    const at = (depth: number) => header(properties, { flatten: { ...defaults.flatten, depth, separator: '.' } })
    expect([0, 1, 2, 3].map(at)).to.deep.equal(['a', 'a.b', 'a.b.c', 'a.b.c.d'])
  })

  it('sorts the columns of each level for pipelinewise, by code points', () => {
    const properties = {
      b: text,
      a1: text,
      a: object({ z: text, y: text }),
      B: text,
      '\u{1f600}': text,
      '\uff5e': text,
    }
    expect(header(properties, { dialect: { dialect: 'pipelinewise' } })).to.equal('B,a__y,a__z,a1,b,\uff5e,\u{1f600}')
  })

  it('abbreviates names of 255 characters and more as pipelinewise does', () => {
    const names = {
      a: object({ ['b'.repeat(251)]: text }),
      a_long_name: object({ ['b'.repeat(251)]: text }),
      ['x_'.repeat(130)]: text,
    }
    const flatten = { ...defaults.flatten, maxKeyLength: 255 }
    const options = { dialect: { dialect: 'pipelinewise' as const }, flatten }
    // The names of Python's flatten_key for the same keys.
    expect(header(names, options)).to.equal([`a__${'b'.repeat(251)}`, 'aln__bbb', `${'x'.repeat(130)}_`].join())
  })

  it('resolves `$ref` within the SCHEMA', () => {
    const text = `{"type":"SCHEMA","stream":"a","schema":{"definitions":{"t~1/x":{"type":"object","properties":{"b":{"$ref":"#/$defs/s"}}}},
      "$defs":{"s":{"type":"string"}},"properties":{"a":{"$ref":"#/definitions/t~01~1x"},"c":{"$ref":"#/$defs/s","type":"integer"}}}}`
    const schemaLine = text.replaceAll(/\n */g, '')
    const { csv } = scan([lines(schemaLine, record('a', { a: { b: 'x' }, c: 1 }))])
    expect(csv.get('a')).to.equal('a__b,c\nx,1\n')
  })

  it('takes a recursive type as JSON text where it comes again', () => {
    const node =
      '{"type":["null","object"],"properties":{"name":{"type":"string"},"next":{"$ref":"#/definitions/node"}}}'
    const text = `{"type":"SCHEMA","stream":"a","schema":{"definitions":{"node":${node}},"properties":{"n":{"$ref":"#/definitions/node"}}}}`
    const { csv } = scan([lines(text, record('a', { n: { name: 'x', next: { name: 'y', next: null } } }))])
    expect(csv.get('a')).to.equal('n__name,n__next\nx,"{""name"":""y"",""next"":null}"\n')
  })

  it('refuses a `$ref` that leads nowhere', () => {
    for (const ref of ['#/definitions/x', 'other.json', 'https://example.com/x', '#/properties/b/0', '#/%zz']) {
      const cause = failure(() => rowsOf({ a: { $ref: ref } }, []))
      expect(cause).to.be.instanceOf(ProtocolError)
      expect(cause.message).to.include('line 1').and.include('stream a').and.include(ref)
    }
  })

  it('writes nothing where a parent is null or absent', () => {
    const properties = { a: object({ b: text, c: text }), d: text }
    const records = [{ a: { c: '1' }, d: '2' }, { a: null, d: '3' }, { d: '4' }, { a: {} }]
    expect(rowsOf(properties, records)).to.equal('a__b,a__c,d\n,1,2\n,,3\n,,4\n,,\n')
  })

  it('takes the last of two equal keys, with nothing of the first', () => {
    const properties = { a: object({ b: text, c: text }), d: text }
    const records = ['{"d":"1","a":{"b":"x"},"d":"2","a":{"c":"y"}}', '{"a":{"b":"x"},"a":null}']
    expect(rowsOf(properties, records)).to.equal('a__b,a__c,d\n,y,2\n,,\n')
  })

  it('finds keys in any order and any spelling', () => {
    const properties = { a: text, 'b"': text, ü: text, '2024': text }
    const records = [
      '{"a":"1","b\\"":"2","ü":"3","2024":"4"}',
      '{"2024":"4","\\u00fc":"3","\\u0062\\u0022":"2","a":"1"}',
      '{ "ü" : "3" , "a" :\t"1","2024":"4", "b\\"":"2" }',
      '{"a":"1","2024":"4"}',
    ]
    expect(rowsOf('{"a":{},"b\\"":{},"ü":{},"2024":{}}', records)).to.equal(
      'a,"b""",ü,2024\n1,2,3,4\n1,2,3,4\n1,2,3,4\n1,,,4\n',
    )
    expect(Object.keys(properties)).to.have.length(4)
  })

  it('starts a new table for a changed SCHEMA and does nothing for an equal one', () => {
    const again =
      '{"key_properties":[],"schema":{"properties":{"a":{"type":["null","string"]}},"type":"object"},"stream":"a","type":"schema"}'
    const first = schema('a', { a: text })
    const { csv, events } = scan([
      lines(first, record('a', { a: '1' }), again, record('a', { a: '2' }), schema('a', { b: text, a: text })),
      lines(record('a', { a: '3', b: '4' })),
    ])
    expect(csv.get('a')).to.equal('a\n1\n2\nb,a\n4,3\n')
    expect(events.map(({ type }) => type)).to.deep.equal(['SCHEMA', 'SCHEMA'])
  })
})
