import { expect } from 'chai'
import { expectFailure } from './program.js'
import type { Rules } from './rules.js'
import { integer, record, schema, state, string, type TargetProgram, wire } from './target-program.js'

interface Refusal {
  /** After two good lines. */
  readonly line: string | Buffer
  /** What the one line on stderr must name, beside the number of the line. */
  readonly names: readonly string[]
}

const secretValue = 'never-to-be-printed-5521'
const version = {
  type: 'BATCH',
  stream: 'a',
  encoding: { format: 'jsonl', compression: 'gzip' },
  manifest: ['file:///x'],
}

const refused: Readonly<Record<string, Refusal>> = {
  'a RECORD before its SCHEMA': { line: wire(record('b', { id: 1, text: secretValue })), names: ['SCHEMA', 'b'] },
  'a record without its key': { line: wire(record('a', { text: secretValue })), names: ['a', 'id'] },
  'a SCHEMA without properties': {
    line: wire({ type: 'SCHEMA', stream: 'c', schema: { type: 'object' }, key_properties: [] }),
    names: ['c', 'properties'],
  },
  'a line that is no JSON': {
    line: `{"type":"RECORD","stream":"a","record":{"id":1,"text":"${secretValue}"\n`,
    names: ['JSON'],
  },
  'a line that is JSON, but no object': { line: '[1]\n', names: [] },
  'a message without a type': { line: wire({ stream: 'a', record: { id: 1 } }), names: ['type'] },
  'bytes that are no UTF-8': {
    line: Buffer.from(wire(record('a', { id: 1, text: `${secretValue} \u00ff` })), 'latin1'),
    names: ['UTF-8'],
  },
  'a record that breaks its schema': { line: wire(record('a', { id: secretValue, text: 'x' })), names: ['a', 'id'] },
  'a record that is no object': { line: wire({ type: 'RECORD', stream: 'a', record: [secretValue] }), names: ['a'] },
  'BATCH, which is known to carry rows': { line: wire(version), names: ['BATCH', 'a'] },
  'a last line that is cut short': { line: `{"type":"RECORD","stream":"a","record":{"id":1,"te`, names: [] },
}

export const refusals: Rules<TargetProgram> = Object.fromEntries(
  Object.entries(refused).map(([title, { line, names }]) => [
    `${title}: one clear line, exit 1`,
    async ({ load }: TargetProgram) => {
      const good = wire(schema('a', { id: integer, text: string }, ['id']), record('a', { id: 0, text: 'fine' }))
      const isLast = !line.toString().endsWith('\n')
      const after = isLast ? '' : wire(state({ never: 1 }))
      const loaded = await load(Buffer.concat([Buffer.from(good), Buffer.from(line), Buffer.from(after)]), { code: 1 })
      expectFailure(loaded, 1, ...names, /\bline 3\b/)
      expect(loaded.stderr.match(/^CRITICAL /gm)).to.have.length(1)
      expect(loaded.stderr).to.not.include(secretValue)
      expect(loaded.states).to.deep.equal([])
      expect(await loaded.place.leftovers()).to.deep.equal([])
    },
  ]),
)
