import { expect } from 'chai'
import { lines, record, scan, schema } from './scanning.js'

const integer = { type: 'integer' }
const number = { type: 'number' }
const unsigned = '{"type":"integer","minimum":0,"maximum":18446744073709551615}'
const money = { type: 'number', multipleOf: 0.01 }

/** A property's schema, JSON of a value, and why it is refused; undefined: it is taken. */
const facts: readonly (readonly [string | object | boolean, string, string | undefined])[] = [
  [{}, '1', undefined],
  [{}, 'null', undefined],
  [{ type: 'nonsense' }, '"x"', undefined],
  [{ type: [] }, '"x"', undefined],
  [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, '{}', undefined],
  [integer, '1', undefined],
  [integer, '-0', undefined],
  [integer, '1.0', undefined],
  [integer, '1e3', undefined],
  [integer, '1.5e1', undefined],
  [integer, '1200e-2', undefined],
  [integer, '1.5', 'is no integer'],
  [integer, '1e-1', 'is no integer'],
  [integer, '"1"', 'is a string where the SCHEMA allows integer'],
  [integer, 'true', 'is a boolean where the SCHEMA allows integer'],
  [integer, 'null', 'is null where the SCHEMA allows integer'],
  [integer, '[1]', 'is an array where the SCHEMA allows integer'],
  [{ type: ['null', 'integer'] }, 'null', undefined],
  [{ type: ['integer', 'string', 'null'] }, '"1"', undefined],
  [{ type: ['integer', 'string'] }, '1.5', 'is no integer'],
  [{ type: ['integer', 'string'] }, 'true', 'is a boolean where the SCHEMA allows integer or string'],
  [number, '1e400', undefined],
  [number, '1', undefined],
  [number, '"1"', 'is a string where the SCHEMA allows number'],
  [{ type: 'string' }, '1', 'is an integer where the SCHEMA allows string'],
  [{ type: 'string' }, '1.5', 'is a number where the SCHEMA allows string'],
  [{ type: 'string' }, '{}', 'is an object where the SCHEMA allows string'],
  [{ type: 'boolean' }, 'false', undefined],
  [{ type: 'boolean' }, '0', 'is an integer where the SCHEMA allows boolean'],
  [{ type: 'array' }, '[]', undefined],
  [{ type: 'array' }, '{}', 'is an object where the SCHEMA allows array'],
  [{ type: 'object' }, '{}', undefined],
  [{ type: 'object', properties: { a: {} } }, '[]', 'is an array where the SCHEMA allows object'],
  [{ type: 'object', properties: { a: {} } }, 'null', 'is null where the SCHEMA allows object'],
  [{ type: 'null' }, 'null', undefined],
  [false, '1', 'is an integer where the SCHEMA allows no value'],

  [unsigned, '0', undefined],
  [unsigned, '18446744073709551615', undefined],
  [unsigned, '18446744073709551616', 'is above the maximum'],
  [unsigned, '-1', 'is below the minimum'],
  [unsigned, '-0', undefined],
  [{ ...integer, minimum: -128, maximum: 127 }, '127', undefined],
  [{ ...integer, minimum: -128, maximum: 127 }, '128', 'is above the maximum'],
  [{ ...integer, minimum: -128, maximum: 127 }, '-128', undefined],
  [{ ...integer, minimum: -128, maximum: 127 }, '-129', 'is below the minimum'],
  [{ ...integer, minimum: -128, maximum: 127 }, '1.27e2', undefined],
  [{ ...integer, minimum: -128, maximum: 127 }, '1.28e2', 'is above the maximum'],
  [{ ...integer, minimum: 10 }, '9', 'is below the minimum'],
  [{ ...integer, minimum: 10 }, '10', undefined],
  [{ ...integer, maximum: -10 }, '-9', 'is above the maximum'],
  [{ ...integer, maximum: -10 }, '-10', undefined],
  [{ ...number, exclusiveMaximum: 1 }, '1.0', 'is above the maximum'],
  [{ ...number, exclusiveMaximum: 1 }, '0.999999999999999999999', undefined],
  [{ ...number, exclusiveMinimum: 0 }, '0', 'is below the minimum'],
  [{ ...number, exclusiveMinimum: 0 }, '1e-400', undefined],
  [{ ...number, minimum: 0, exclusiveMinimum: true }, '0', 'is below the minimum'],
  [{ ...number, minimum: 0, exclusiveMinimum: false }, '0', undefined],
  ['{"type":"number","minimum":-1e66,"maximum":1e66}', '-0.0', undefined],
  ['{"type":"number","minimum":-1e66,"maximum":1e66}', '1e400', 'is above the maximum'],

  [money, '10.50', undefined],
  [money, '10.5', undefined],
  [money, '10', undefined],
  [money, '10.500', undefined],
  [money, '10.505', 'is no multiple of multipleOf'],
  [money, '1e-2', undefined],
  [money, '1e-3', 'is no multiple of multipleOf'],
  [money, '0.07', undefined],
  [money, '1e400', undefined],
  ['{"type":"number","multipleOf":1e-30}', `1${'2'.repeat(34)}.${'3'.repeat(29)}4`, undefined],
  ['{"type":"number","multipleOf":1e-30}', `0.${'3'.repeat(31)}`, 'is no multiple of multipleOf'],
  ['{"type":"number","multipleOf":0.0000000000000000000000000000010}', '1e-30', undefined],
  [{ ...integer, multipleOf: 5 }, '15', undefined],
  [{ ...integer, multipleOf: 5 }, '16', 'is no multiple of multipleOf'],
  [{ ...integer, multipleOf: 5 }, '0', undefined],
  [{ ...integer, multipleOf: 10 }, '15', 'is no multiple of multipleOf'],
  [{ ...number, multipleOf: 0.3 }, '0.9', undefined],
  [{ ...number, multipleOf: 0.3 }, '1', 'is no multiple of multipleOf'],
  [{ ...integer, multipleOf: 7 }, '7e1000000000', undefined],
  [{ ...integer, multipleOf: 7 }, '1e1000000000', 'is no multiple of multipleOf'],

  [{ type: 'string', maxLength: 3 }, '"abc"', undefined],
  [{ type: 'string', maxLength: 3 }, '"abcd"', 'is longer than the 3 characters of maxLength'],
  [{ type: 'string', maxLength: 3 }, '"日本語"', undefined],
  [{ type: 'string', maxLength: 3 }, '"😀😀😀"', undefined],
  [{ type: 'string', maxLength: 3 }, '"\\u0061\\u0062\\u0063"', undefined],
  [{ type: 'string', maxLength: 3 }, '"a,b,c"', 'is longer than the 3 characters of maxLength'],
  [{ type: 'string', minLength: 2 }, '"a"', 'is shorter than the 2 characters of minLength'],
  [{ type: 'string', minLength: 2 }, '"ab"', undefined],
  [{ enum: ['a', 1, null] }, '"a"', undefined],
  [{ enum: ['a', 1, null] }, '"\\u0061"', undefined],
  [{ enum: ['a', 1, null] }, '1.0', undefined],
  [{ enum: ['a', 1, null] }, 'null', undefined],
  [{ enum: ['a', 1] }, '"1"', 'is none of the values of enum'],
  [{ enum: ['a', 1] }, 'true', 'is none of the values of enum'],
  [{ type: ['null', 'string'], enum: ['a'] }, 'null', undefined],
  [{ const: { b: [1], a: 2 } }, '{"a":2.0,"b":[1]}', undefined],
  [{ const: 'x' }, '"y"', 'is none of the values of const'],
  [{ type: 'string', format: 'date-time' }, '"never"', undefined],
  [{ type: 'string', pattern: '^a' }, '"b"', undefined],
]

describe('target-s3-csv: what a SCHEMA asks of a value', () => {
  for (const [property, json, reason] of facts) {
    const rule = typeof property === 'string' ? property : JSON.stringify(property)
    it(`${rule}: ${json.slice(0, 40)} ${reason ?? 'is taken'}`, () => {
      const { events } = scan([lines(schema('a', `{"v":${rule}}`), record('a', `{"v":${json}}`))], {
        invalidRecords: 'dead_letter',
      })
      const reasons = events.map((event) => (event.type === 'INVALID' ? event.reason : undefined))
      expect(reasons).to.deep.equal(reason === undefined ? [undefined] : [undefined, reason])
    })
  }

  it('asks for key properties and for `required` ones', () => {
    const text =
      '{"type":"SCHEMA","stream":"a","schema":{"properties":{"k":{},"r":{},"o":{}},"required":["r"]},"key_properties":["k"]}'
    const records = ['{"k":1,"r":2}', '{"r":2}', '{"k":1}', '{"k":null,"r":null}']
    const { events } = scan([lines(text, ...records.map((each) => record('a', each)))], {
      invalidRecords: 'dead_letter',
    })
    const refused = events.flatMap((event) =>
      event.type === 'INVALID' ? [[event.line, event.column, event.reason]] : [],
    )
    expect(refused).to.deep.equal([
      [3, 'k', 'is missing'],
      [4, 'r', 'is missing'],
    ])
  })
})
