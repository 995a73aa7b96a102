import { Ajv } from 'ajv'
import { expect } from 'chai'
import { isObject } from '../../../singer/json.js'
import type { SchemaMessage } from '../../../singer/messages.js'
import { expectGood, linesOf } from './program.js'
import type { Rules } from './rules.js'
import { fullTable, type TapProgram } from './tap-program.js'
import {
  activationsOf,
  bookmarkIn,
  entryOf,
  lastState,
  recordsOf,
  type Synced,
  schemasOf,
  statesOf,
  syncedOf,
} from './wire.js'

export const messages: Rules<TapProgram> = {
  'each stream has its SCHEMA before its records, and all of these': async (tap) => {
    const synced = await syncAll(tap)
    for (const { id, records } of facts(tap)) {
      const stream = await nameOf(tap, id)
      const types = synced.messages.filter((message) => 'stream' in message && message.stream === stream)
      expect(types[0], id).to.include({ type: 'SCHEMA' })
      expect(recordsOf(synced, stream), id).to.have.length(records)
    }
  },

  'SCHEMA names the key, and its properties are in the order of the catalog': async (tap) => {
    const synced = await syncAll(tap)
    for (const { id } of facts(tap)) {
      const entry = entryOf(await tap.catalog(), id)
      const [message] = schemasOf(synced, entry.stream)
      expect(message?.key_properties).to.deep.equal(entry.key_properties)
      expect(names(message?.schema.properties)).to.deep.equal(names(entry.schema.properties))
    }
  },

  'records keep their schema': async (tap) => {
    const synced = await syncAll(tap)
    const checks = new Map<string, ReturnType<typeof compile>>()
    for (const message of synced.messages) {
      if (message.type === 'SCHEMA') checks.set(message.stream, compile(message))
      if (message.type !== 'RECORD') continue
      const check = checks.get(message.stream)
      if (!check?.(message.record)) expect(check?.errors, message.stream).to.equal(null)
    }
  },

  'records tell when they were read': async (tap) => {
    const records = (await syncAll(tap)).messages.filter((message) => message.type === 'RECORD')
    const now = Date.now()
    for (const { time_extracted = '' } of records) {
      expect(now - Date.parse(time_extracted)).to.be.within(-1000, 300_000)
    }
  },

  'every line but a record is shorter than 64 KiB': async (tap) => {
    const { lines, messages: all } = await syncAll(tap)
    const others = lines.filter((_line, at) => all[at]?.type !== 'RECORD')
    for (const line of others) expect(Buffer.byteLength(line)).to.be.lessThan(64 << 10)
  },

  'a STATE follows each stream, also one without records, and ends the run': async (tap) => {
    const synced = await syncAll(tap)
    expect(synced.messages.at(-1)).to.include({ type: 'STATE' })
    const ends = synced.messages.flatMap(({ type }, at) => (type === 'SCHEMA' && at > 0 ? [at] : []))
    for (const at of ends) expect(synced.messages[at - 1]).to.include({ type: 'STATE' })
    for (const { id } of facts(tap)) expect(bookmarkIn(lastState(synced), id), id).to.not.deep.equal({})
    expect(lastState(synced).currently_syncing ?? null).to.equal(null)
    const during = statesOf(synced).map(({ currently_syncing }) => currently_syncing)
    expect(facts(tap).map(({ id }) => id)).to.include.members(during.filter((id) => typeof id === 'string'))
  },

  'the first sync ever activates its version at the start and at the end, later ones at the end': async (tap) => {
    const first = await syncAll(tap)
    const second = await tap.sync({ select: await selected(tap), state: lastState(first) })
    for (const { id } of facts(tap)) {
      const stream = await nameOf(tap, id)
      expectActivated(first, stream, ['first', 'last'])
      expectActivated(second, stream, ['last'])
      const [before, after] = [first, second].map((run) => activationsOf(run, stream).at(-1)?.version ?? 0)
      expect(after, 'a new version').to.be.greaterThan(before ?? 0)
    }
  },

  'it runs from any folder, with nothing on stdin': async (tap) => {
    const finished = await tap.work({ cwd: '/' })
    expectGood(finished)
    expect(recordsOf(syncedOf(finished), tap.worked.stream)).to.have.length(tap.worked.records)
    expect(linesOf(finished.stdout).at(-1)).to.include('STATE')
  },
}

const runs = new WeakMap<TapProgram, Promise<Synced>>()

/** One run over every stream that comes whole; many sentences look at it. */
async function syncAll(tap: TapProgram): Promise<Synced> {
  const run = runs.get(tap) ?? selected(tap).then((select) => tap.sync({ select }))
  runs.set(tap, run)
  return run
}

async function selected(tap: TapProgram) {
  return Object.fromEntries(facts(tap).map(({ id }) => [id, fullTable]))
}

function facts({ source: { big, small, odd, empty } }: TapProgram) {
  return [big, small, odd, { ...empty, records: 0 }]
}

async function nameOf(tap: TapProgram, id: string): Promise<string> {
  return entryOf(await tap.catalog(), id).stream
}

function names(properties: unknown): string[] {
  return isObject(properties) ? Object.keys(properties) : []
}

function expectActivated(synced: Synced, stream: string, places: readonly ('first' | 'last')[]): void {
  const own = synced.messages.filter((message) => 'stream' in message && message.stream === stream)
  const activations = activationsOf(synced, stream)
  expect(activations, stream).to.have.length(places.length)
  if (places.includes('first')) expect(own[1], stream).to.include({ type: 'ACTIVATE_VERSION' })
  expect(own.at(-1), stream).to.include({ type: 'ACTIVATE_VERSION' })
  const versions = [...activations, ...recordsOf(synced, stream)].map(({ version }) => version)
  expect(new Set(versions).size, stream).to.equal(1)
}

function compile({ schema }: SchemaMessage) {
  const ajv = new Ajv({ strict: false, formats, allErrors: true })
  ajv.removeKeyword('multipleOf')
  return ajv.compile(JSON.parse(JSON.stringify(schema)))
}

// https://www.rfc-editor.org/rfc/rfc3339#section-5.6
const formats = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  time: true,
  uuid: true,
  'singer.decimal': /^-?\d+(\.\d+)?$/,
} as const
