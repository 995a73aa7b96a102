import { expect } from 'chai'
import { type JsonObject, parseJson } from '../../../singer/json.js'
import { expectFailure } from './program.js'
import type { Rules } from './rules.js'
import { fullTable, type TapProgram } from './tap-program.js'
import { bookmarkIn, lastState, recordsOf, type Synced, statesOf } from './wire.js'

export const state: Rules<TapProgram> = {
  'every STATE carries what it does not own, digit for digit': async (tap) => {
    const { small } = tap.source
    const foreign = parseJson(
      '{"n": 12345678901234567890, "price": 1.10, "zero": -0.0, "huge": 1e400, "nested": [{"a.b": null}], "é": "\\u2028"}',
    )
    const synced = await tap.sync({
      select: { [small.id]: fullTable },
      state: { foreign, bookmarks: { 'not.selected': foreign, [small.id]: { foreign } } },
    })
    expect(statesOf(synced)).to.not.deep.equal([])
    for (const each of statesOf(synced)) {
      expect(each.foreign).to.deep.equal(foreign)
      expect(bookmarkIn(each, 'not.selected')).to.deep.equal(foreign)
      expect(bookmarkIn(each, small.id).foreign).to.deep.equal(foreign)
    }
  },

  'a state holds its stream under its id as a plain key': async (tap) => {
    const { odd } = tap.source
    const synced = await tap.sync({ select: { [odd.id]: fullTable } })
    expect(lastState(synced).bookmarks).to.have.all.keys(odd.id)
  },

  'streams come in this order: the interrupted one, those without a bookmark, the others': async (tap) => {
    const { small, odd, empty } = tap.source
    const synced = await tap.sync({
      select: { [small.id]: fullTable, [odd.id]: fullTable, [empty.id]: fullTable },
      state: { currently_syncing: odd.id, bookmarks: { [small.id]: { initial_full_table_complete: true } } },
    })
    expect(await order(tap, synced)).to.deep.equal([odd.id, empty.id, small.id])
  },

  'currently_syncing without bookmarks means start; of a stream that is gone, nothing': async (tap) => {
    const { small, odd } = tap.source
    for (const current of [small.id, 'gone-for-good']) {
      const synced = await tap.sync({
        select: { [small.id]: fullTable, [odd.id]: fullTable },
        state: { currently_syncing: current },
      })
      expect(await order(tap, synced)).to.have.members([odd.id, small.id])
      expect(recordsOf(synced, tap.worked.stream)).to.have.length(small.records)
    }
  },

  'an empty state file is a first run; of several lines the last complete one counts': async (tap) => {
    const line = (note: string) => `{"bookmarks":{"not-selected":{"note":"${note}"}}}`
    const files = [
      { text: '', note: undefined },
      { text: '\n', note: undefined },
      { text: '{}', note: undefined },
      { text: line('one'), note: 'one' },
      { text: `${line('one')}\n${line('two')}\n`, note: 'two' },
      { text: `${line('one')}\r\n${line('two')}\r\n\r\n`, note: 'two' },
      { text: `${line('one')}\n${line('two').slice(0, -9)}`, note: 'one' },
      { text: JSON.stringify(JSON.parse(line('pretty')), null, 2), note: 'pretty' },
    ]
    const read = files.map(async ({ text, note }) => {
      const synced = await tap.sync({ select: { [tap.source.small.id]: fullTable }, state: text })
      expect(bookmarkIn(lastState(synced), 'not-selected').note, text).to.equal(note)
      expect(recordsOf(synced, tap.worked.stream)).to.have.length(tap.source.small.records)
    })
    await Promise.all(read)
  },

  'a state file that is missing or no state is named': async (tap) => {
    const catalog = ['--catalog', await tap.catalogFile({ [tap.source.small.id]: fullTable })]
    expectFailure(await tap.runTap([...catalog, '--state', '/no/such/state.json']), 2, '/no/such/state.json')
    const refused = ['{"half": ', '[]', '5'].map(async (content) => {
      const path = await tap.file(content)
      expectFailure(await tap.runTap([...catalog, '-s', path]), 2, path)
    })
    await Promise.all(refused)
  },

  "a whole STATE message and Meltano's singer_state are unwrapped": async (tap) => {
    const value = { bookmarks: { 'not-selected': { note: 'inside' } } }
    for (const wrapped of [{ singer_state: value }, { type: 'STATE', value }]) {
      const synced = await tap.sync({ select: { [tap.source.small.id]: fullTable }, state: wrapped })
      expect(bookmarkIn(lastState(synced), 'not-selected').note).to.equal('inside')
      expect(lastState(synced)).to.not.have.any.keys('singer_state', 'value', 'type')
    }
  },

  'INCREMENTAL goes on at its bookmark and does not repeat unchanged records': async (tap) => {
    const { id, replicationKey, records, addRecord } = tap.source.incremental
    const first = await syncIncremental(tap)
    expect(first.sent.length).to.be.at.least(records)
    expect(bookmarkIn(lastState(first.synced), id)).to.include({ replication_key: replicationKey })
    expect(bookmarkIn(lastState(first.synced), id)).to.have.property('replication_key_value')
    const second = await syncIncremental(tap, lastState(first.synced))
    expect(second.sent).to.deep.equal([])
    await addRecord()
    const third = await syncIncremental(tap, lastState(second.synced))
    expect(third.sent).to.have.length(1)
    expect(first.sent).to.not.deep.include(third.sent[0])
    const value = (each: { synced: Synced }) => bookmarkIn(lastState(each.synced), id).replication_key_value
    expect(value(third)).to.not.deep.equal(value(second))
  },

  'a bookmark of the Python taps goes on where they stopped': async (tap) => {
    const { id, replicationKey } = tap.source.incremental
    const { synced, sent } = await syncIncremental(tap)
    const { replication_key_value } = bookmarkIn(lastState(synced), id)
    const bookmark = { replication_key: replicationKey, replication_key_value: replication_key_value ?? null }
    for (const old of [bookmark, { ...bookmark, version: 1577836800000 }]) {
      const later = await syncIncremental(tap, { bookmarks: { [id]: old } })
      expect(later.sent.length).to.be.within(1, sent.length - 1)
    }
  },

  'a bookmark of another replication key is left, and the log says so': async (tap) => {
    const { id, replicationKey } = tap.source.incremental
    const { sent } = await syncIncremental(tap)
    const other = { replication_key: `not_${replicationKey}`, replication_key_value: '9999-12-31T00:00:00Z' }
    const again = await syncIncremental(tap, { bookmarks: { [id]: other } })
    expect(again.sent).to.have.length(sent.length)
    expect(again.synced.stderr).to.include(`not_${replicationKey}`)
  },

  'progress markers of the SDK are no bookmark': async (tap) => {
    const { id, replicationKey } = tap.source.incremental
    const { synced, sent } = await syncIncremental(tap)
    const { replication_key_value } = bookmarkIn(lastState(synced), id)
    const progress_markers = {
      Note: 'x',
      replication_key: replicationKey,
      replication_key_value: replication_key_value ?? null,
    }
    const again = await syncIncremental(tap, { bookmarks: { [id]: { progress_markers }, other: { progress_markers } } })
    expect(again.sent).to.have.length(sent.length)
    expect(bookmarkIn(lastState(again.synced), id)).to.not.have.property('progress_markers')
    expect(bookmarkIn(lastState(again.synced), 'other')).to.deep.equal({ progress_markers })
    const { small } = tap.source
    const whole = await tap.sync({
      select: { [small.id]: fullTable },
      state: { bookmarks: { [small.id]: { progress_markers } } },
    })
    expect(bookmarkIn(lastState(whole), small.id)).to.not.have.property('progress_markers')
  },
}

async function syncIncremental(tap: TapProgram, from?: JsonObject) {
  const { id, replicationKey } = tap.source.incremental
  const select = { [id]: { 'replication-method': 'INCREMENTAL', 'replication-key': replicationKey } }
  const synced = await tap.sync(from ? { select, state: from } : { select })
  const sent = synced.messages.flatMap((message) => (message.type === 'RECORD' ? [message.record] : []))
  return { synced, sent }
}

/** Ids in the order of their first SCHEMA. */
async function order(tap: TapProgram, { messages }: Synced): Promise<string[]> {
  const { streams } = await tap.catalog()
  const names = messages.flatMap((message) => (message.type === 'SCHEMA' ? [message.stream] : []))
  return [...new Set(names)].map((name) => streams.find(({ stream }) => stream === name)?.tap_stream_id ?? name)
}
