import { expect } from 'chai'
import type { Rules } from './rules.js'
import { integer, record, rowsOf, schema, state, string, type TargetProgram, wire } from './target-program.js'

const start = schema('a', { id: integer, text: string }, ['id'])
const one = record('a', { id: 1, text: 'one' })
const done = state({ done: 1 })

/** Whatever a tap of another make may write. */
export const input: Rules<TargetProgram> = {
  'no input at all is a run without output': async ({ load }) => {
    expect((await load('')).states).to.deep.equal([])
  },

  '--input FILE stands in for stdin, with or without a line feed at its end': async ({ load, file }) => {
    const { place, states } = await load('', { args: ['--input', await file(wire(start, one, done).trimEnd())] })
    expect(await rowsOf(place, 'a')).to.deep.equal([['1', 'one']])
    expect(states).to.deep.equal(['{"done":1}'])
  },

  '`type` is read in any case': async ({ load }) => {
    const { place, states } = await load(
      wire(
        { ...start, type: 'schema' },
        { ...one, type: 'record' },
        { ...one, type: 'Record' },
        { ...done, type: 'State' },
      ),
    )
    expect(await rowsOf(place, 'a')).to.have.length(2)
    expect(states).to.deep.equal(['{"done":1}'])
  },

  'keys come in any order, with any white space': async ({ load }) => {
    const { place, states } = await load(
      wire(
        '{ "key_properties" : ["id"], "schema": {"properties": {"id": {}, "text": {}}}, "stream": "a", "type": "SCHEMA" }',
        '\t{"record": {"text": "one", "id": 1}, "time_extracted": "2026-01-31T07:00:00+00:00", "stream": "a", "type": "RECORD"} ',
        '{"value": {"done": 1}, "type": "STATE"}',
      ),
    )
    expect(await rowsOf(place, 'a')).to.deep.equal([['1', 'one']])
    expect(states).to.deep.equal(['{"done": 1}'])
  },

  'a key is known in escapes, too; strings mean what they escape': async ({ load }) => {
    const { place } = await load(
      wire(
        start,
        '{"type":"RECORD","stream":"a","record":{"id":1,"te\\u0078t":"caf\\u00e9 \\ud83d\\ude00 \\/ \\u2028"}}',
      ),
    )
    expect(await rowsOf(place, 'a')).to.deep.equal([['1', 'café 😀 / \u2028']])
  },

  'CRLF, blank lines and U+2028 inside a string are fine': async ({ load }) => {
    const text = wire(start, '', record('a', { id: 1, text: 'one\u2028two\u2029three\u0085' }), done, '', '')
    for (const each of [text, text.replaceAll('\n', '\r\n')]) {
      const { place, states } = await load(each)
      expect(await rowsOf(place, 'a')).to.deep.equal([['1', 'one\u2028two\u2029three\u0085']])
      expect(states).to.deep.equal(['{"done":1}'])
    }
  },

  'a last line without a line feed counts if it is complete': async ({ load }) => {
    const { place, states } = await load(wire(start, one, done).trimEnd())
    expect(await rowsOf(place, 'a')).to.have.length(1)
    expect(states).to.deep.equal(['{"done":1}'])
    expect(await rowsOf((await load(wire(start, one).trimEnd())).place, 'a')).to.have.length(1)
  },

  'an unknown type is a warning, and the run goes on': async ({ load }) => {
    const { place, states, stderr } = await load(wire(start, { type: 'DELETED_RECORD', stream: 'a' }, one, done))
    expect(stderr).to.match(/^WARNING .*DELETED_RECORD/m)
    expect(await rowsOf(place, 'a')).to.have.length(1)
    expect(states).to.deep.equal(['{"done":1}'])
  },

  'unknown keys of a message are no concern': async ({ load }) => {
    const { place } = await load(
      wire(
        { ...start, bookmark_properties: 'id', clean_first: true },
        { ...one, version: 1, extra: [{ record: {} }] },
        done,
      ),
    )
    expect(await rowsOf(place, 'a')).to.deep.equal([['1', 'one']])
  },

  'SCHEMA may lack key_properties, and properties may be empty': async ({ load }) => {
    const { key_properties, ...keyless } = start
    expect(key_properties).to.deep.equal(['id'])
    expect(await rowsOf((await load(wire(keyless, one))).place, 'a')).to.have.length(1)
    expect((await load(wire(schema('a', {}), done))).states).to.deep.equal(['{"done":1}'])
  },

  'odd schemas mean any JSON value': async ({ load }) => {
    const odd = {
      none: {},
      any: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
      one: { oneOf: [{ type: 'integer' }, { type: 'string' }] },
      all: { allOf: [{ type: 'string' }] },
      order: { type: ['string', 'null'] },
      several: { type: ['integer', 'string', 'null'] },
      single: { type: 'string' },
    }
    const values = { none: 1.5, any: '2026-01-31T07:00:00Z', one: 'x', all: 'y', order: null, several: 7, single: 'z' }
    const [row] = await rowsOf((await load(wire(schema('a', odd), record('a', values)))).place, 'a')
    expect(row?.[0]).to.equal('1.5')
    expect(row?.slice(2)).to.deep.equal(['x', 'y', null, '7', 'z'])
  },

  'every digit of a number arrives': async ({ load }) => {
    const numbers = [
      '18446744073709551615',
      '-0.0',
      '1e400',
      '1.10',
      '-9223372036854775808',
      `1${'2'.repeat(34)}.${'3'.repeat(29)}4`,
    ]
    const number = `{"type":["null","number"]}`
    const exact = `{"type":["null","number"],"multipleOf":1e-30,"minimum":-1e66,"maximum":18446744073709551616e46}`
    for (const column of [number, exact, '{}']) {
      const { place } = await load(
        wire(
          `{"type":"SCHEMA","stream":"a","schema":{"properties":{"n":${column}}},"key_properties":[]}`,
          ...numbers
            .filter((each) => column !== exact || each !== '1e400')
            .map((each) => `{"type":"RECORD","stream":"a","record":{"n":${each}}}`),
        ),
      )
      const arrived = (await rowsOf(place, 'a')).map(([value]) => value)
      expect(arrived).to.deep.equal(column === exact ? numbers.filter((each) => each !== '1e400') : numbers)
    }
  },

  'names of streams and properties may be odd': async ({ load }) => {
    const name = '__proto__'
    const properties = '{"constructor":{},"a b":{},"ü,\\"x\\"":{},"__proto__":{}}'
    const { place } = await load(
      wire(
        `{"type":"SCHEMA","stream":"${name}","schema":{"properties":${properties}},"key_properties":[]}`,
        `{"type":"RECORD","stream":"${name}","record":{"__proto__":4,"ü,\\"x\\"":3,"a b":2,"constructor":1}}`,
        state({ done: 1 }),
      ),
    )
    const [piece] = await place.read(name)
    expect(piece?.columns).to.deep.equal(['constructor', 'a b', 'ü,"x"', '__proto__'])
    expect(piece?.rows).to.deep.equal([['1', '2', '3', '4']])
  },

  'a record of 60 MiB arrives': async ({ load }) => {
    const { place, states } = await load(wire(start, record('a', { id: 1, text: 'x'.repeat(60 << 20) }), done))
    const [row] = await rowsOf(place, 'a')
    expect(row?.[1]?.length).to.equal(60 << 20)
    expect(states).to.deep.equal(['{"done":1}'])
  },
}
