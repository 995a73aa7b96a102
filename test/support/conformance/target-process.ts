import { closeSync } from 'node:fs'
import { expect } from 'chai'
import { isObject, parseJson } from '../../../singer/json.js'
import { kernelPipe, startProgram } from '../bins.js'
import { startHeld } from './held.js'
import { structured } from './logs.js'
import { expectEnd, linesOf } from './program.js'
import type { Rules } from './rules.js'
import { integer, record, rowsOf, schema, state, string, type TargetProgram, wire } from './target-program.js'

const start = schema('a', { id: integer })
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_row, at) => record('a', { id: from + at }))

export const processRules: Rules<TargetProgram> = {
  'SIGTERM while the input is open: gone within seconds, exit 143, nothing left behind': (target) =>
    expectStop(target, 'SIGTERM', 143),

  'SIGINT while the input is open: gone within seconds, exit 130, nothing left behind': (target) =>
    expectStop(target, 'SIGINT', 130),

  'a second SIGTERM changes nothing': async (target) => {
    const place = await target.backend.newPlace()
    const held = await startHeld(target, place, { config: target.backend.smallFlushes })
    held.write(wire(start, ...rows(0, 4), state({ n: 4 })))
    expect(await held.nextState()).to.equal('{"n":4}')
    for (let times = 0; times < 3; times++) held.child.kill('SIGTERM')
    await expectEnd(held, 143)
    expect(await place.leftovers()).to.deep.equal([])
  },

  'SIGTERM in the middle of a line and under full load: gone within seconds, exit 143': async (target) => {
    const place = await target.backend.newPlace()
    const held = await startHeld(target, place)
    held.write(wire(start, state({ n: 0 })))
    await held.nextState()
    held.write(wire(...rows(0, 100_000)))
    held.write('{"type":"RECORD","stream":"a","rec')
    held.child.kill('SIGTERM')
    await expectEnd(held, 143)
    expect(await place.leftovers()).to.deep.equal([])
  },

  'a run that fails leaves nothing behind': async ({ load }) => {
    const wide = Array.from({ length: 20_000 }, (_row, id) => record('a', { id, text: 'x'.repeat(500) }))
    const input = wire(schema('a', { id: integer, text: string }), ...wide, 'no JSON', state({ n: 1 }))
    const { place, states } = await load(input, { code: 1 })
    expect(states).to.deep.equal([])
    expect(await rowsOf(place, 'a')).to.deep.equal([])
    expect(await place.leftovers()).to.deep.equal([])
  },

  'the reader of its states is gone: one line, no stack, exit 141': async (target) => {
    const place = await target.backend.newPlace()
    const { reader, writer } = await kernelPipe()
    const running = startProgram(await target.commandFor(place.config), ['pipe', writer, 'pipe'])
    closeSync(writer)
    closeSync(reader)
    running.child.stdin?.on('error', () => undefined)
    running.child.stdin?.end(wire(start, ...rows(0, 3), state({ n: 1 })))
    const { stderr } = await expectEnd(running, 141)
    expect(linesOf(stderr).filter((line) => !line.startsWith('INFO '))).to.have.length(1)
    expect(stderr)
      .to.match(/^[A-Z]+ .*reader/m)
      .and.to.not.match(/^ {4}at |EPIPE/m)
  },

  'Meltano\'s config test: three messages, and no line with "error" or "exception"': async (target) => {
    const stream = 'meltano_test_stream'
    const input = wire(
      schema(stream, { id: integer, name: string }, ['id']),
      record(stream, { id: 1, name: 'test' }),
      state({ bookmarks: { [stream]: { id: 1 } } }),
    )
    for (const env of [{}, { SINGER_SDK_LOG_CONFIG: await target.file(structured) }]) {
      const { stdout, stderr, place } = await target.load(input, { env })
      expect(`${stdout}${stderr}`).to.not.match(/error|exception/i)
      expect(await rowsOf(place, stream)).to.deep.equal([['1', 'test']])
    }
  },

  'stdout holds states alone: each line is one JSON object': async ({ load, backend }) => {
    const values = [1, 2, 3].flatMap((n) => [...rows(n, n + 2), state({ n })])
    const { states, stdout } = await load(wire(start, ...values), { config: backend.smallFlushes })
    expect(stdout.toString()).to.match(/\n$/)
    for (const text of states) expect(isObject(parseJson(text))).to.equal(true)
  },
}

async function expectStop(target: TargetProgram, signal: NodeJS.Signals, code: number): Promise<void> {
  const place = await target.backend.newPlace()
  const held = await startHeld(target, place, { config: target.backend.smallFlushes })
  held.write(wire(start, ...rows(0, 4), state({ n: 4 }), ...rows(4, 5), state({ n: 5 })))
  expect(await held.nextState()).to.equal('{"n":4}')
  held.child.kill(signal)
  const { stdout } = await expectEnd(held, code)
  const last = linesOf(stdout).at(-1) ?? ''
  expect(last).to.be.oneOf(['{"n":4}', '{"n":5}'])
  expect(await rowsOf(place, 'a')).to.have.length.at.least(last === '{"n":5}' ? 5 : 4)
  expect(await place.leftovers()).to.deep.equal([])
}
