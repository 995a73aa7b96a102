import { expect } from 'chai'
import { failure, lines, record, scan, schema } from './scanning.js'

/** What stands in a record in place of the value of `v`, or is a whole line; and where the JSON ends. */
const brokenValues: readonly string[] = [
  '',
  'x',
  'nul',
  'nulll',
  'True',
  'NaN',
  'Infinity',
  '-Infinity',
  '-',
  '+1',
  '.5',
  '1.',
  '1.e5',
  '01',
  '-01',
  '1e',
  '1e+',
  '0x10',
  '1_000',
  "'x'",
  '"x',
  '"\t"',
  '"\u0000"',
  '"\\x"',
  '"\\u12"',
  '"\\u12g4"',
  '"\\',
  '[1,]',
  '[,1]',
  '[1',
  '[1 2]',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{a:1}',
  '{"a":1',
  '{"a" 1}',
  '{,}',
  '[1}',
  '1,',
  '1 2',
  '1}',
  '1]',
  '/**/1',
]

describe('target-s3-csv: takes nothing for JSON that is none', () => {
  for (const text of brokenValues) {
    // As the second line of its kind, it is read on the way that is made for lines alike.
    it(`a record with ${text || 'nothing'} for a value`, () => {
      const broken = `{"type":"RECORD","stream":"a","record":{"id":1,"v":${text}}}`
      expect(() => JSON.parse(broken)).to.throw()
      for (const before of [[], ['{"type":"RECORD","stream":"a","record":{"id":1,"v":1}}']]) {
        for (const property of ['{}', '{"type":"object","properties":{"a":{}}}']) {
          const input = lines(
            schema('a', `{"id":{},"v":${property}}`),
            ...before.map((each) => each.replace('"v":1', '"v":{}')),
          )
          const cause = failure(() => scan([input + lines(broken)], {}))
          const number = before.length + 2
          expect(cause.message).to.match(new RegExp(`^line ${number} of the input.*: (is no JSON|column v is)`))
        }
      }
    })
  }

  for (const text of ['{', '{}}', '{"type":"STATE","value":{}} x', '{"type":"STATE","value":{}', '{"type":"STATE",}']) {
    it(`the line ${text}`, () => {
      expect(failure(() => scan([lines(text)])).message).to.match(/^line 1 of the input: is (no JSON|a message)/)
    })
  }

  it('values nested deeper than 512 levels, and takes 500', () => {
    const nested = (depth: number) =>
      lines(schema('a', '{"v":{}}'), record('a', `{"v":${'['.repeat(depth)}${']'.repeat(depth)}}`))
    expect(scan([nested(500)]).csv.get('a')).to.equal(`v\n${'['.repeat(500)}${']'.repeat(500)}\n`)
    expect(failure(() => scan([nested(100_000)])).message).to.include('512')
  })
})
