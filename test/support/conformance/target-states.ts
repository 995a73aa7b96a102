import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type { JsonObject } from '../../../singer/json.js'
import { startHeld } from './held.js'
import { expectFailure, linesOf } from './program.js'
import type { Rules } from './rules.js'
import { integer, type Place, record, rowsOf, schema, state, type TargetProgram, wire } from './target-program.js'

const start = schema('a', { id: integer })

export const states: Rules<TargetProgram> = {
  'the value is printed as it came, byte for byte': async ({ load }) => {
    const value = '{"b": 1, "a":{"n":12345678901234567890, "price":1.10,"z":-0.0,"h":1e400},  "é":"\\u00e9 é"}'
    const loaded = await load(wire(start, record('a', { id: 1 }), `{"value": ${value}, "type": "STATE"}`))
    expect(loaded.states).to.deep.equal([value])
  },

  'never {}, never the same twice in a row': async ({ load, backend }) => {
    const one = state({ n: 1 })
    const values = [state({}), one, one, record('a', { id: 1 }), one, record('a', { id: 2 }), state({})]
    const loaded = await load(wire(start, ...values), { config: backend.smallFlushes })
    expect(loaded.states).to.deep.equal(['{"n":1}'])
  },

  'the last state printed is the last received, also of two streams in turn': async (target) => {
    const { load, backend } = target
    const { input, last } = interleaved()
    for (const config of [backend.smallFlushes, {}]) {
      const loaded = await load(input, { config })
      expect(loaded.states.at(-1)).to.equal(last)
      expect(numbers(loaded.states)).to.deep.equal(numbers(loaded.states).toSorted((a, b) => a - b))
      expect(new Set(loaded.states).size).to.equal(loaded.states.length)
      expect(await rowsOf(loaded.place, 'a')).to.have.length(20)
      expect(await rowsOf(loaded.place, 'b')).to.have.length(20)
    }
  },

  'each state is printed only when every record before it is durable': async (target) => {
    const place = await target.backend.newPlace()
    const held = await startHeld(target, place, { config: target.backend.smallFlushes })
    const { input, last } = interleaved()
    held.write(input)
    const seen = expectDurable(held.states(), place)
    held.end()
    expect((await held.finished).code).to.equal(0)
    expect((await seen).at(-1)).to.equal(last)
  },

  'a state is held back as long as a record before it is not durable': async (target) => {
    const place = await target.backend.newPlace()
    const held = await startHeld(target, place)
    held.write(wire(start, record('a', { id: 1 }), state({ a: 1, b: 0 })))
    await sleep(2500)
    expect(held.printed()).to.equal('')
    held.end()
    const { stdout } = await held.finished
    expect(stdout.toString()).to.equal('{"a":1,"b":0}\n')
    await expectDurable([stdout.toString()], place)
  },

  'states without records pass while the input is open': async (target) => {
    const held = await startHeld(target, await target.backend.newPlace())
    held.write(wire(start, state({ n: 1 })))
    expect(await held.nextState()).to.equal('{"n":1}')
    held.write(wire(state({ n: 2 })))
    expect(await held.nextState()).to.equal('{"n":2}')
    held.end()
    expect((await held.finished).code).to.equal(0)
  },

  'a record waits no longer than the settings say: its state comes while the input is idle': async (target) => {
    const place = await target.backend.newPlace()
    const held = await startHeld(target, place, { config: target.backend.timedFlushes })
    held.write(wire(start, record('a', { id: 1 }), state({ a: 1 })))
    await expectDurable([await held.nextState()], place)
    held.end()
    expect((await held.finished).stdout.toString()).to.equal('{"a":1}\n')
  },

  'what a printed state counts survives SIGKILL': async (target) => {
    const place = await target.backend.newPlace()
    const held = await startHeld(target, place, { config: target.backend.smallFlushes })
    held.write(interleaved().input)
    await held.nextState()
    held.child.kill('SIGKILL')
    const { stdout } = await held.finished
    await expectDurable(linesOf(stdout), place)
  },

  'states stay behind a stream that cannot be written: exit 1': async ({ load, backend }, test) => {
    const place = await backend.newPlace()
    if (!place.refuse) return test.skip()
    await place.refuse('b')
    const block = (stream: string, from: number) => [0, 1, 2, 3].map((n) => record(stream, { id: from + n }))
    const input = wire(
      start,
      schema('b', { id: integer }),
      ...block('a', 0),
      state({ a: 4, b: 0 }),
      ...block('b', 0),
      state({ a: 4, b: 4 }),
      ...block('a', 4),
      state({ a: 8, b: 4 }),
    )
    for (const config of [backend.smallFlushes, {}]) {
      const loaded = await load(input, { place, config, code: 1 })
      expectFailure(loaded, 1, 'b')
      expect(['{"a":4,"b":0}']).to.include.members([...loaded.states])
      expect(await place.leftovers()).to.deep.equal([])
    }
  },

  '--state-out holds the newest safe state and nothing else beside it': async ({ load, file }) => {
    const path = await file('{"old":1}')
    const folder = async () =>
      (await readdir(dirname(path))).filter((name) => name.includes(path.slice(dirname(path).length + 1)))
    await load(wire(start, record('a', { id: 1 }), state({ n: 1 }), state({ n: 2 })), { args: ['--state-out', path] })
    expect((await readFile(path, 'utf8')).trim()).to.equal('{"n":2}')
    expect(await folder()).to.have.length(1)
    await load(wire(start, record('a', { id: 'no' }), state({ n: 3 })), { args: ['--state-out', path], code: 1 })
    expect((await readFile(path, 'utf8')).trim()).to.equal('{"n":2}')
    const missing = join(dirname(path), 'no-such-folder/state.json')
    expectFailure(await load(wire(start), { args: ['--state-out', missing], code: 2 }), 2, missing)
  },
}

/** Records of two streams in turn, a state after each: `{"a": how many of a, "b": how many of b}`. */
function interleaved() {
  const lines: object[] = [start, schema('b', { id: integer })]
  for (let id = 1; id <= 20; id++) {
    lines.push(record('a', { id }), state({ a: id, b: id - 1 }), record('b', { id }), state({ a: id, b: id }))
  }
  return { input: wire(...lines), last: '{"a":20,"b":20}' }
}

function numbers(texts: readonly string[]): number[] {
  return texts.map((text) => sum(JSON.parse(text)))
}

function sum({ a, b }: JsonObject): number {
  return Number(a) + Number(b)
}

/** Looks at the place as soon as a state comes: it must hold what the state counts. */
async function expectDurable(lines: AsyncIterable<string> | Iterable<string>, place: Place): Promise<string[]> {
  const seen: string[] = []
  for await (const line of lines) {
    const counts: JsonObject = JSON.parse(line)
    for (const [stream, count] of Object.entries(counts)) {
      expect((await rowsOf(place, stream)).length, line).to.be.at.least(Number(count))
    }
    seen.push(...linesOf(line))
  }
  return seen
}
