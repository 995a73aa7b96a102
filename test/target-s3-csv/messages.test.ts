import { expect } from 'chai'
import { ProtocolError } from '../../singer/errors.js'
import { dialectOf } from '../../target-s3-csv/csv.js'
import { createScanner } from '../../target-s3-csv/scanner.js'
import { defaults, failure, lines, record, scan, schema } from './scanning.js'

const table = schema('a', { id: { type: 'integer' }, text: { type: ['null', 'string'] } }, ['id'])
const good = record('a', { id: 0, text: 'fine' })
const secret = 'never-to-be-printed-5521'

/** The third line, and what the message must hold beside its number. */
const refused: readonly (readonly [string, string | Buffer, readonly string[]])[] = [
  ['RECORD before its SCHEMA', record('b', { id: 1 }), ['stream b', 'SCHEMA']],
  ['RECORD without a stream', '{"type":"RECORD","record":{"id":1}}', ['RECORD', 'stream']],
  ['RECORD whose stream is a number', '{"type":"RECORD","stream":1,"record":{"id":1}}', ['RECORD', 'stream']],
  ['RECORD without a record', '{"type":"RECORD","stream":"a"}', ['stream a', '`record`']],
  ['RECORD with an array', `{"type":"RECORD","stream":"a","record":["${secret}"]}`, ['stream a', '`record`']],
  ['RECORD with null', '{"type":"RECORD","stream":"a","record":null}', ['stream a', '`record`']],
  ['a missing key property', record('a', { text: secret }), ['stream a', 'column id is missing']],
  ['a broken type', record('a', { id: secret }), ['stream a', 'column id is a string']],
  ['half of a surrogate pair', '{"type":"RECORD","stream":"a","record":{"id":1,"text":"\\ud800"}}', ['column text']],
  ['the other half', '{"type":"RECORD","stream":"a","record":{"id":1,"text":"\\udc00\\ud800"}}', ['column text']],
  [
    'a half before another escape',
    '{"type":"RECORD","stream":"a","record":{"id":1,"text":"\\ud800\\n12345"}}',
    ['column text'],
  ],
  [
    'SCHEMA without properties',
    '{"type":"SCHEMA","stream":"c","schema":{"type":"object"}}',
    ['stream c', 'properties'],
  ],
  ['SCHEMA without a schema', '{"type":"SCHEMA","stream":"c"}', ['stream c', 'schema']],
  ['SCHEMA without a stream', '{"type":"SCHEMA","schema":{"properties":{}}}', ['SCHEMA', 'stream']],
  ['SCHEMA whose property is no schema', schema('c', { a: 'string' }), ['stream c', 'schema']],
  ['SCHEMA whose key is not in it', schema('c', {}, ['id']), ['stream c', 'key property id']],
  ['SCHEMA whose keys are no list', schema('c', {}).replace('[]', '"id"'), ['stream c', 'key_properties']],
  ['STATE without a value', '{"type":"STATE"}', ['STATE', 'value']],
  ['STATE with a text', `{"type":"STATE","value":"${secret}"}`, ['STATE', 'value']],
  ['ACTIVATE_VERSION without a version', '{"type":"ACTIVATE_VERSION","stream":"a"}', ['ACTIVATE_VERSION', 'version']],
  ['ACTIVATE_VERSION without a stream', '{"type":"ACTIVATE_VERSION","version":1}', ['ACTIVATE_VERSION', 'stream']],
  ['BATCH', `{"type":"BATCH","stream":"a","manifest":["file:///${secret}"]}`, ['stream a', 'BATCH', 'RECORD']],
  ['no type', '{"stream":"a","record":{"id":1}}', ['type']],
  ['a type that is a number', '{"type":1,"stream":"a"}', ['type']],
  ['an array', `["${secret}"]`, ['JSON object']],
  ['a string', `"${secret}"`, ['JSON object']],
  ['a word', secret, ['JSON object']],
  ['bytes that are no UTF-8', Buffer.from(record('a', { id: 1, text: `${secret} \u00ff` }), 'latin1'), ['UTF-8']],
  [
    'a surrogate in UTF-8',
    Buffer.from(record('a', { id: 1, text: 'x' }).replace('x', '\xed\xa0\x80'), 'latin1'),
    ['UTF-8'],
  ],
]

describe('target-s3-csv: refuses, naming the line', () => {
  for (const [title, line, names] of refused) {
    it(title, () => {
      const input = Buffer.concat([Buffer.from(lines(table, good)), Buffer.from(line), Buffer.from(`\n${lines(good)}`)])
      const cause = failure(() => scan([input]))
      expect(cause).to.be.instanceOf(ProtocolError)
      expect(cause.message).to.match(/^line 3 of the input/)
      for (const name of names) expect(cause.message).to.include(name)
      expect(cause.message).to.not.include(secret).and.not.include('\n')
    })
  }

  it('counts lines over blocks, blank ones too', () => {
    const blocks = [lines(table, good, ''), lines('\r', ' \t', good, good), lines(good, record('a', { id: 'x' }))]
    expect(failure(() => scan(blocks)).message).to.match(/^line 9 of the input, stream a: column id/)
  })

  it('hands out the rows before a line that is no UTF-8', () => {
    const log = { debug() {}, info() {}, warning() {}, critical() {}, redact() {} }
    const scanner = createScanner({ ...defaults, dialect: dialectOf({}), log, rowsCount: 1 })
    const taken: string[] = []
    const input = Buffer.concat([Buffer.from(lines(table, good, good)), Buffer.of(0xff, 10), Buffer.from(lines(good))])
    const cause = failure(() => {
      for (const event of scanner.scan(input)) if (event.type === 'ROWS') taken.push(event.rows.take().bytes.toString())
    })
    expect(cause.message).to.include('line 4 of the input')
    expect(taken).to.deep.equal(['0,fine\n', '0,fine\n'])
  })
})

describe('target-s3-csv: messages', () => {
  it('come in any case, with any white space and keys in any order', () => {
    const messages = [
      '{ "key_properties" : [] , "schema":{"properties":{"id":{}}}, "stream" : "a" ,\t"type" : "Schema" } \r',
      ' \t{"record":{"id":1},"stream":"a","type":"record"}',
      '{"record": {"id": 2}, "stream": "a", "type": "RECORD"}',
      '{"record": {"id": 3}, "stream": "a", "type": "RECORD"}',
      '{"stream":"a","version":5,"record" : { "id" : 4 } ,"type":"RECORD"}\r',
      '{"\\u0074ype":"\\u0052ECORD","stre\\u0061m":"\\u0061","record":{"id":5}}',
    ]
    expect(scan([lines(...messages)]).csv.get('a')).to.equal('id\n1\n2\n3\n4\n5\n')
  })

  it('have unknown keys, and their last key counts', () => {
    const messages = [
      schema('a', '{"id":{}}'),
      '{"type":"STATE","stream":"b","record":{"id":0},"x":[{"record":{}}],"type":"RECORD","record":{"id":1},"stream":"a"}',
      '{"type":"STATE","stream":"b","record":{"id":0},"x":[{"record":{}}],"type":"RECORD","record":{"id":2},"stream":"a"}',
      '{"type":"STATE","value":{"a":1},"type":"STATE","value":{"b":2}}',
    ]
    const { csv, events } = scan([lines(...messages)])
    expect(csv.get('a')).to.equal('id\n1\n2\n')
    expect(events.at(-1)).to.deep.equal({ type: 'STATE', text: '{"b":2}' })
  })

  it('change from line to line: streams, versions, times', () => {
    const messages = [
      schema('a', '{"id":{}}'),
      schema('b', '{"id":{}}'),
      record('a', { id: 1 }),
      record('b', { id: 2 }),
      record('a', { id: 3 }),
      '{"type":"RECORD","stream":"a","record":{"id":4},"version":1}',
      '{"type":"RECORD","stream":"a","record":{"id":5},"version":2}',
      '{"type":"RECORD","stream":"a","record":{"id":6},"version":2 }',
      '{"type":"RECORD","stream":"a","record":{"id":7}}',
      '{"type":"RECORD","stream":"a","record":{}}',
    ]
    const { csv } = scan([lines(...messages)])
    expect(Object.fromEntries(csv)).to.deep.equal({ a: 'id\n1\n3\n4\n5\n6\n7\n""\n', b: 'id\n2\n' })
  })

  it('are events in the order of the input, STATE byte for byte', () => {
    const { events } = scan([
      lines(
        '{"type":"STATE","value": { "n" : 18446744073709551615, "x":"\\u00e9é" } }',
        schema('a', '{}'),
        '{"type":"ACTIVATE_VERSION","stream":"a","version":1769842800123}',
        record('a', {}),
        '{"type":"STATE","value":{}}',
      ),
    ])
    const { table: _table, ...second } = { ...events[1] } as Record<string, unknown>
    expect([events[0], second, ...events.slice(2)]).to.deep.equal([
      { type: 'STATE', text: '{ "n" : 18446744073709551615, "x":"\\u00e9é" }' },
      { type: 'SCHEMA', previous: undefined },
      { type: 'ACTIVATE_VERSION', stream: 'a', version: 1769842800123 },
      { type: 'STATE', text: '{}' },
    ])
  })

  it('of an unknown type are told of once for each type', () => {
    const unknown = ['DELETED_RECORD', 'ACTIVE_STREAMS', 'DELETED_RECORD'].map((type) => ({ type, stream: 'a' }))
    const { events, warnings } = scan([lines(table, ...unknown, good)])
    expect(events).to.have.length(1)
    expect(warnings.map((text) => text.match(/[A-Z_]{5,}/)?.[0])).to.deep.equal(['DELETED_RECORD', 'ACTIVE_STREAMS'])
  })

  it('hold U+2028, U+0085 and U+0000', () => {
    const text = 'one\u2028two\u2029three\u0085four\u0000five'
    const { csv, warnings } = scan([lines(table, record('a', { id: 1, text }), record('a', { id: 2, text }))])
    expect(csv.get('a')).to.equal(`id,text\n1,${text}\n2,${text}\n`)
    expect(warnings).to.deep.equal([
      'a text holds U+0000, which PostgreSQL and Redshift do not load {"stream":"a","column":"text"}',
      'rows hold U+0000 {"stream":"a","count":2}',
    ])
  })

  it('of 60 MiB arrive', () => {
    const long = 'x'.repeat(60 << 20)
    const { csv } = scan([lines(table, good, record('a', { id: 1, text: long }), record('a', { id: 2 }))])
    const text = csv.get('a') ?? ''
    expect(text.length).to.equal('id,text\n0,fine\n1,\n2,\n'.length + long.length)
    expect(text.endsWith('x\n2,\n')).to.equal(true)
  })
})
