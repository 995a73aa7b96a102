import { expect } from 'chai'
import type { Stream } from '../../singer/catalog.js'
import { SourceError } from '../../singer/errors.js'
import type { Json, JsonObject } from '../../singer/json.js'
import { type Message, messageLine, type RecordLines } from '../../singer/messages.js'
import { bookmarkOf, type State, withBookmark } from '../../singer/state.js'
import { type SyncStream, syncEach } from '../../singer/streams.js'
import { recordedLog } from './recorded-log.js'

const nothing = { schema: {}, deselected: [], keyProperties: [], isView: false, metadata: {} }
const stream = (id: string): Stream => ({ id, name: id, ...nothing })

const record = (id: string): Message => ({ type: 'RECORD', stream: id, record: {} })

/** One record, then a bookmark. */
async function* sync({ id }: Stream, state: State): AsyncGenerator<Message> {
  yield record(id)
  yield { type: 'STATE', value: withBookmark(state, id, { ...bookmarkOf(state, id), done: true }) }
}

function run(
  ids: readonly string[],
  state: JsonObject,
  syncStream: SyncStream = sync,
  signal = new AbortController().signal,
) {
  const log = recordedLog()
  const context = { log, metrics: { count: () => undefined }, signal }
  return { messages: syncEach(ids.map(stream), state, context, syncStream), log }
}

async function collect(messages: AsyncIterable<Message | RecordLines>): Promise<(Message | RecordLines)[]> {
  const all = []
  for await (const message of messages) all.push(message)
  return all
}

const states = (messages: readonly (Message | RecordLines)[]): Json[] =>
  messages.flatMap((message) => (message.type === 'STATE' ? [message.value] : []))

const order = (messages: readonly (Message | RecordLines)[]): string =>
  messages.flatMap((message) => (message.type === 'RECORD' ? [message.stream] : [])).join(' ')

describe('streams', () => {
  const rows: [state: JsonObject, expected: string][] = [
    [{}, 'a b c'],
    [{ currently_syncing: 'c' }, 'c a b'],
    [{ currently_syncing: null }, 'a b c'],
    [{ currently_syncing: 'gone' }, 'a b c'],
    [{ bookmarks: { a: { n: 1 } } }, 'b c a'],
    [{ bookmarks: { a: { n: 1 }, b: {} } }, 'b c a'],
    [{ bookmarks: { a: { n: 1 }, c: { n: 1 } }, currently_syncing: 'c' }, 'c b a'],
    [{ bookmarks: { a: { n: 1 }, b: { n: 1 }, c: { n: 1 } }, currently_syncing: 'b' }, 'b a c'],
    [{ bookmarks: null }, 'a b c'],
  ]
  for (const [state, expected] of rows) {
    it(`${JSON.stringify(state)}: ${expected}`, async () => {
      expect(order(await collect(run(['a', 'b', 'c'], state).messages))).to.equal(expected)
    })
  }

  it('each begins with the state of the one before and names itself; in the end nobody is under way', async () => {
    const { messages } = run(['a', 'b'], { other: 1, bookmarks: { x: { n: 1 } } })
    const a = { x: { n: 1 }, a: { done: true } }
    const ab = { ...a, b: { done: true } }
    expect(states(await collect(messages))).to.deep.equal([
      { other: 1, bookmarks: a, currently_syncing: 'a' },
      { other: 1, bookmarks: a, currently_syncing: null },
      { other: 1, bookmarks: ab, currently_syncing: 'b' },
      { other: 1, bookmarks: ab, currently_syncing: null },
    ])
  })

  it('without a record and without a word have a STATE with bookmarks, too', async () => {
    const { messages } = run(['a'], {}, async function* () {})
    expect(states(await collect(messages))).to.deep.equal([{ bookmarks: {}, currently_syncing: null }])
  })

  it('none: no message', async () => {
    expect(await collect(run([], { bookmarks: { a: {} } }).messages)).to.deep.equal([])
  })

  it('one that fails is named with its cause, keeps its bookmark, and the others go on', async () => {
    const { messages, log } = run(['a', 'b', 'c'], { bookmarks: { b: { n: 1 } } }, async function* (each, state) {
      if (each.id !== 'c') yield* sync(each, state)
      if (each.id !== 'a') throw new SourceError('read table: gone')
    })
    const all: (Message | RecordLines)[] = []
    const problem = await (async () => {
      for await (const message of messages) all.push(message)
    })().catch((thrown: unknown) => thrown)
    expect(problem).to.be.instanceOf(SourceError).and.have.property('message', '2 of 3 streams failed: c, b')
    expect(order(all)).to.equal('a b')
    expect(states(all).at(-1)).to.deep.equal({
      bookmarks: { b: { n: 1, done: true }, a: { done: true } },
      currently_syncing: null,
    })
    expect(log.lines).to.deep.equal([
      'CRITICAL stream failed: read table: gone stream=c',
      'CRITICAL stream failed: read table: gone stream=b',
    ])
  })

  it('progress markers are dropped from those that run and kept in the others', async () => {
    const marked = { progress_markers: { Note: 'x' }, n: 1 }
    const { messages } = run(['a'], { bookmarks: { a: marked, b: marked } })
    expect(states(await collect(messages)).at(-1)).to.deep.include({
      bookmarks: { a: { n: 1, done: true }, b: marked },
    })
  })

  it('after an abort the interrupted one stays under way, and the next does not begin', async () => {
    const controller = new AbortController()
    const { messages } = run(
      ['a', 'b'],
      {},
      async function* (each, state) {
        controller.abort()
        yield* sync(each, state)
      },
      controller.signal,
    )
    const all = await collect(messages)
    expect(order(all)).to.equal('a')
    expect(states(all)).to.deep.equal([{ bookmarks: { a: { done: true } }, currently_syncing: 'a' }])
  })

  it('what an aborted stream throws is no failure', async () => {
    const controller = new AbortController()
    const { messages, log } = run(
      ['a', 'b'],
      {},
      async function* (each) {
        yield record(each.id)
        controller.abort()
        throw new Error('socket closed')
      },
      controller.signal,
    )
    expect(order(await collect(messages))).to.equal('a')
    expect(log.lines).to.deep.equal([])
  })

  it('a reader that leaves closes the stream', async () => {
    let isClosed = false
    const { messages } = run(['a'], {}, async function* (each, state) {
      try {
        yield* sync(each, state)
      } finally {
        isClosed = true
      }
    })
    for await (const _ of messages) break
    expect(isClosed).to.equal(true)
  })
})

describe('a line of the wire', () => {
  const schema = { type: 'object', properties: { b: {}, a: {} } }
  const rows: [message: Message, line: string][] = [
    [
      { key_properties: ['b'], schema, stream: 's', type: 'SCHEMA' },
      '{"type":"SCHEMA","stream":"s","schema":{"type":"object","properties":{"b":{},"a":{}}},"key_properties":["b"]}',
    ],
    [
      { type: 'SCHEMA', stream: 's', schema: {}, key_properties: [], bookmark_properties: ['a'] },
      '{"type":"SCHEMA","stream":"s","schema":{},"key_properties":[],"bookmark_properties":["a"]}',
    ],
    [
      { time_extracted: 'T', version: 5, record: { b: 1, a: null }, stream: 's"', type: 'RECORD' },
      '{"type":"RECORD","stream":"s\\"","record":{"b":1,"a":null},"version":5,"time_extracted":"T"}',
    ],
    [{ type: 'RECORD', stream: 's', record: {} }, '{"type":"RECORD","stream":"s","record":{}}'],
    [{ type: 'STATE', value: { b: 1, a: { d: 1, c: 2 } } }, '{"type":"STATE","value":{"a":{"c":2,"d":1},"b":1}}'],
    [{ version: 5, stream: 's', type: 'ACTIVATE_VERSION' }, '{"type":"ACTIVATE_VERSION","stream":"s","version":5}'],
  ]
  for (const [message, line] of rows) it(line, () => expect(messageLine(message)).to.equal(`${line}\n`))
})
