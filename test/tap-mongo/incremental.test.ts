import { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson'
import { expect } from 'chai'
import { MongoClient } from 'mongodb'
import type { Stream } from '../../singer/catalog.js'
import type { Json, JsonObject } from '../../singer/index.js'
import { boundaryDocuments } from '../../tap-mongo/boundary.js'
import { failure } from '../support/mongo/refusal.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Input, Scripted } from '../support/mongo/types.js'
import { streamOf } from './connecting.js'
import { bookmark, ids, killedRuns, run } from './incremental-runs.js'

const at = (text: string) => new Date(`2024-01-01T${text}Z`)
const stored = (stream: Stream, value: JsonObject) => ({ bookmarks: { [stream.id]: value } })

describe('tap-mongo incremental', () => {
  let server: Scripted

  before(async () => {
    server = await startScripted()
  })
  after(() => server.close())
  afterEach(() => {
    server.answer = undefined
    server.drop('db', 'c')
  })

  /** A collection with the index that serves the key, and its stream. */
  function made(documents: readonly Input[], key = 'k', index: JsonObject | null = { [key]: 1, _id: 1 }): Stream {
    server.insert('db', 'c', ...documents)
    if (index) server.createIndex('db', 'c', index)
    return streamOf('db', 'c', { replicationKey: key })
  }
  const pairs = (...keys: readonly unknown[]) => keys.map((k, _id) => ({ _id, k }))

  it('sends documents in the order of the key, and in the next run those behind the bookmark', async () => {
    const stream = made(pairs(at('10:00:02.500'), at('10:00:00'), at('10:00:01')))
    const first = await run(server, stream)
    expect(ids(first)).to.deep.equal(['1', '2', '0'])
    expect(bookmark(first.state, stream)).to.deep.include({
      replication_key: 'k',
      replication_key_value: { $date: { $numberLong: '1704103202500' } },
    })
    server.insert('db', 'c', { _id: 4, k: at('10:00:02.501') }, { _id: 3, k: at('10:00:02.500') })
    const second = await run(server, stream, { state: first.state })
    expect(ids(second)).to.deep.equal(['3', '4'])
    expect(ids(await run(server, stream, { state: second.state }))).to.deep.equal([])
  })

  const indexes: readonly (readonly [title: string, index: JsonObject | null])[] = [
    ['an index on key and _id', { k: 1, _id: 1 }],
    ['a descending index on both', { k: -1, _id: -1 }],
    ['an index on the key alone', { k: 1 }],
    ['no index', null],
  ]
  for (const [title, index] of indexes) {
    for (const size of [1, 2, 3]) {
      it(`${title}, pages of ${size}: sends what shares a key over pages and killed runs once, in order`, async () => {
        const keys = [5, 1, 1, 1, 1, 1, 7, 7, 2, 7, 9].map((k) => new Int32(k))
        const stream = made(pairs(...keys).toReversed(), 'k', index)
        const runs = await killedRuns(server, stream, { settings: { batch_size: size }, pace: { stateRows: 1 } })
        expect(runs.flatMap(ids)).to.deep.equal(['1', '2', '3', '4', '5', '8', '0', '6', '7', '9', '10'])
        expect(runs.length).to.be.above(10 / size)
      })
    }
  }

  // biome-ignore format: one fact a line
  const ordinary: readonly (readonly [title: string, value: unknown, bookmark: Json])[] = [
    ['0', new Int32(0), { $numberInt: '0' }],
    ['an int64 that no double holds', Long.fromString('9007199254740993'), { $numberLong: '9007199254740993' }],
    ['-0.0', new Double(-0), { $numberDouble: '-0.0' }],
    ['NaN', new Double(Number.NaN), { $numberDouble: 'NaN' }],
    ['-Infinity', new Double(Number.NEGATIVE_INFINITY), { $numberDouble: '-Infinity' }],
    ['a Decimal128', Decimal128.fromString('0.10'), { $numberDecimal: '0.10' }],
    ['the empty string', '', ''],
    ['a string', 'b', 'b'],
    ['false', false, false],
    ['the epoch', new Date(0), { $date: { $numberLong: '0' } }],
    ['a date before it', new Date(-1), { $date: { $numberLong: '-1' } }],
    ['a timestamp', new Timestamp({ t: 1, i: 2 }), { $timestamp: { t: 1, i: 2 } }],
    ['an ObjectId', new ObjectId('0'.repeat(24)), { $oid: '0'.repeat(24) }],
    ['a binary', new Binary(Buffer.alloc(0)), { $binary: { base64: '', subType: '00' } }],
    ['an empty document', {}, {}],
  ]
  for (const [title, value, wanted] of ordinary) {
    it(`takes ${title} as a key like any other`, async () => {
      const stream = made(pairs(value, value))
      const first = await run(server, stream)
      expect(ids(first)).to.deep.equal(['0', '1'])
      expect(bookmark(first.state, stream).replication_key_value).to.deep.equal(wanted)
      expect(first.log).to.equal('')
      server.insert('db', 'c', { _id: 2, k: value })
      const second = await run(server, stream, { state: first.state })
      expect(ids(second)).to.deep.equal(['2'])
      expect(ids(await run(server, stream, { state: second.state }))).to.deep.equal([])
    })
  }

  it('takes numbers of different types as one key where they are equal', async () => {
    const stream = made(pairs(new Int32(1), new Double(1), Long.fromInt(1), Decimal128.fromString('1.0')))
    const first = await run(server, stream)
    expect(bookmark(first.state, stream).boundary).to.have.length(4)
    server.insert('db', 'c', { _id: 4, k: new Double(1) })
    expect(ids(await run(server, stream, { state: first.state }))).to.deep.equal(['4'])
  })

  it('reads by _id, which needs no index of its own', async () => {
    const stream = made([{ _id: 2 }, { _id: 1 }, { _id: 'a' }], '_id', null)
    const first = await run(server, stream, { settings: { batch_size: 1 } })
    expect(ids(first)).to.deep.equal(['1', '2', '"a"'])
    server.insert('db', 'c', { _id: 3 }, { _id: 'b' })
    expect(ids(await run(server, stream, { state: first.state }))).to.deep.equal(['"b"'])
    expect(first.log).to.not.include('index')
  })

  it('reads by a field of an embedded document', async () => {
    const documents = [3, 1, 2].map((n) => ({ _id: n, meta: { at: new Date(n) } }))
    const stream = made([...documents, { _id: 4, meta: 5 }, { _id: 5, meta: {} }], 'meta.at')
    const first = await run(server, stream, { settings: { batch_size: 1 } })
    expect(ids(first)).to.deep.equal(['4', '5', '1', '2', '3'])
    server.insert('db', 'c', { _id: 6, meta: { at: new Date(3) } })
    expect(ids(await run(server, stream, { state: first.state }))).to.deep.equal(['6'])
  })

  it('goes on behind the bookmark in the order of types where the type of the key changes, and says so once', async () => {
    const stream = made(pairs('2024-01-01', '2024-01-02', at('00:00:00'), at('00:00:01'), new Int32(5)))
    const first = await run(server, stream, { settings: { batch_size: 1 } })
    expect(ids(first)).to.deep.equal(['4', '0', '1', '2', '3'])
    expect(first.log.match(/the type of the replication key changes/g)).to.have.length(1)
    const state = stored(stream, { replication_key: 'k', replication_key_value: '2024-01-02' })
    const second = await run(server, stream, { state })
    expect(ids(second)).to.deep.equal(['1', '2', '3'])
    expect(second.log).to.include('the type of the replication key changes')
  })

  it('sends documents without a value in the key in the first run only, counted', async () => {
    const stream = made([{ _id: 1 }, { _id: 2, k: null }, { _id: 3, k: 1 }, { _id: 4 }])
    const first = await run(server, stream, { settings: { batch_size: 2 } })
    expect(ids(first)).to.deep.equal(['1', '2', '4', '3'])
    expect(first.log).to.include('later runs cannot see them').and.include('3')
    server.insert('db', 'c', { _id: 5 })
    expect(ids(await run(server, stream, { state: first.state }))).to.deep.equal([])
  })

  // biome-ignore format: one fact a line
  const refused: readonly (readonly [type: string, document: JsonObject | { k: unknown }, key?: string])[] = [
    ['array', { k: [5] }],
    ['array', { k: [null, 77] }],
    ['array', { k: [] }],
    ['array', { k: [{ at: 77 }] }, 'k.at'],
    ['regex', { k: new BSONRegExp('77') }],
    ['code', { k: new Code('77') }],
    ['codeWithScope', { k: new Code('77', {}) }],
    ['minKey', { k: new MinKey() }],
    ['maxKey', { k: new MaxKey() }],
  ]
  for (const [type, document, key = 'k'] of refused) {
    it(`stops at ${JSON.stringify(document)}, which has no order as ${key}`, async () => {
      const ordered = [1, 2, 90].map((n) => ({ _id: n, k: key === 'k' ? n : { at: n } }))
      const stream = made([...ordered, { _id: 4, ...document }], key)
      const problem = await run(server, stream, { settings: { batch_size: 1 } }).catch((cause: Error) => cause)
      expect(problem).to.be.an('error')
      const { message } = problem as Error
      expect(message).to.include('collection db.c').and.include(`field ${key},`).and.include(`type ${type},`)
      expect(message).to.not.include('77')
    })
  }

  it('stops where the name of the field itself holds a dot, by which no server can order', async () => {
    const stream = made([{ _id: 1, 'meta.at': 5 }], 'meta.at')
    const problem = await run(server, stream).catch((cause: Error) => cause)
    expect(problem).to.be.an('error').with.property('message').that.includes('holds a dot')
  })

  it('sends a document at the boundary again when it has changed, and no unchanged one', async () => {
    const stream = made([1, 2, 3].map((_id) => ({ _id, k: 1, note: 'a' })))
    const first = await run(server, stream)
    server.replace('db', 'c', { _id: 2, k: 1, note: 'b' })
    const second = await run(server, stream, { state: first.state, settings: { batch_size: 1 } })
    expect(ids(second)).to.deep.equal(['2'])
    expect(ids(await run(server, stream, { state: second.state }))).to.deep.equal([])
  })

  it(`keeps ${boundaryDocuments} documents of a boundary: the rest is sent again, which it says`, async () => {
    const stream = made(Array.from({ length: boundaryDocuments + 5 }, (_, _id) => ({ _id, k: 7 })))
    const first = await run(server, stream)
    expect(bookmark(first.state, stream).boundary).to.have.length(boundaryDocuments)
    expect(first.log).to.include('the next run sends some of them again')
    expect((await run(server, stream, { state: first.state })).records).to.have.length(5)
  })

  it('sorts no more than about a page for each page where only the key is indexed', async () => {
    const keys = Array.from({ length: 40 }, (_, i) => i >> 1)
    const stream = made(pairs(...keys).toReversed(), 'k', { k: 1 })
    server.commands.length = 0
    const { records } = await run(server, stream, { settings: { batch_size: 5 } })
    expect(records).to.have.length(40)
    const sorted = server.commands.filter(({ name, body }) => name === 'find' && Number(body.sort._id) === 1)
    expect(sorted).to.have.length.above(7)
    const client = await new MongoClient(server.uri).connect()
    try {
      for (const { body } of sorted) {
        // Ties at both ends come along.
        expect(await client.db('db').collection('c').find(body.filter).toArray()).to.have.length.below(8)
      }
    } finally {
      await client.close()
    }
  })

  for (const [title, index] of indexes) {
    it(`${title}: gives the state of what it has sent when it is aborted on any page`, async () => {
      const stream = made(pairs(1, 2, 3, 4, 5, 6), 'k', index)
      for (const pagesBefore of [1, 2, 3, 4]) {
        const abort = new AbortController()
        let pages = 0
        const watch = ({ type }: { type: string }) => {
          if (type === 'RECORD_LINES' && ++pages === pagesBefore) abort.abort()
          return undefined
        }
        const settings = { batch_size: 1 }
        const first = await run(server, stream, { settings, signal: abort.signal, watch })
        expect(first.types.at(-1)).to.equal('STATE')
        expect(first.types.filter((type) => type === 'ACTIVATE_VERSION')).to.have.length(1)
        const rest = await run(server, stream, { state: first.state })
        expect([...ids(first), ...ids(rest)]).to.deep.equal(['0', '1', '2', '3', '4', '5'])
      }
    })
  }

  it('leaves what comes behind the greatest key of its start to the next run', async () => {
    const stream = made(pairs(1, 2, 3))
    let isBegun = false
    const first = await run(server, stream, {
      settings: { batch_size: 1 },
      watch: (message) => {
        if (message.type === 'RECORD_LINES' && !isBegun) {
          isBegun = true
          server.insert('db', 'c', { _id: 9, k: 9 }, { _id: 10, k: 3 })
        }
        return undefined
      },
    })
    expect(ids(first)).to.deep.equal(['0', '1', '2', '10'])
    expect(ids(await run(server, stream, { state: first.state }))).to.deep.equal(['9'])
  })

  it('goes on after lost connections in the same run', async () => {
    const stream = made(pairs(...Array.from({ length: 20 }, (_, i) => i >> 2)))
    let finds = 0
    server.answer = ({ name }) => (name === 'find' && ++finds % 3 === 0 ? 'drop' : undefined)
    const first = await run(server, stream, { settings: { batch_size: 3 } })
    expect(ids(first)).to.deep.equal(Array.from({ length: 20 }, (_, i) => String(i)))
  })

  it('reads the documents of the filter alone', async () => {
    const stream = made([1, 2, 3, 4].map((_id) => ({ _id, ...(_id > 1 && { k: _id }), kind: _id % 2 ? 'a' : 'b' })))
    const settings = { batch_size: 1, streams: { [stream.id]: { filter: { kind: { $in: ['a'] } } } } }
    const first = await run(server, stream, { settings })
    expect(ids(first)).to.deep.equal(['1', '3'])
    expect(ids(await run(server, stream, { settings, state: first.state }))).to.deep.equal([])
  })

  it('reads a view by one cursor, and says so', async () => {
    made(pairs(3, 1, 2))
    server.create('db', 'v', { viewOn: 'c', pipeline: [] })
    const stream = streamOf('db', 'v', { replicationKey: 'k', isView: true })
    const first = await run(server, stream, { settings: { batch_size: 2 } })
    expect(ids(first)).to.deep.equal(['1', '2', '0'])
    expect(first.log).to.include('one cursor reads them')
    expect(ids(await run(server, stream, { state: first.state }))).to.deep.equal([])
    server.drop('db', 'v')
  })

  describe('indexes', () => {
    // biome-ignore format: one fact a line
    const given: readonly (readonly [title: string, key: JsonObject, options: JsonObject, isUsed: boolean])[] = [
      ['begins with key and _id', { k: 1, _id: 1, note: 1 }, {}, true],
      ['begins with the key', { k: -1, note: 1 }, {}, true],
      ['has the key in another place', { note: 1, k: 1 }, {}, false],
      ['is sparse', { k: 1, _id: 1 }, { sparse: true }, false],
      ['is partial', { k: 1, _id: 1 }, { partialFilterExpression: { note: 1 } }, false],
      ['is hidden', { k: 1, _id: 1 }, { hidden: true }, false],
      ['is hashed', { k: 'hashed' }, {}, false],
    ]
    for (const [title, key, options, isUsed] of given) {
      it(`${isUsed ? 'reads by' : 'asks for another than'} an index that ${title}`, async () => {
        const stream = made(pairs(1, 2), 'k', null)
        server.createIndex('db', 'c', key, options)
        const { log } = await run(server, stream)
        if (isUsed) expect(log).to.equal('')
        else expect(log).to.include('"c').and.include('createIndex({\\"k\\": 1, _id: 1})')
      })
    }

    it('goes on where they cannot be listed', async () => {
      const stream = made(pairs(1, 2))
      server.handle('listIndexes', async (command, next) =>
        command.database === 'db' ? failure(13, 'Unauthorized', 'no') : next(),
      )
      const { records, log } = await run(server, stream)
      expect(records).to.have.length(2)
      expect(log).to.equal('')
    })
  })

  describe('lookback', () => {
    const oid = (seconds: number, last = 0) =>
      ObjectId.createFromHexString(seconds.toString(16).padStart(8, '0') + String(last).padStart(16, '0'))
    const ms = (n: number) => new Date(Date.UTC(2024, 0, 1) + n)
    // biome-ignore format: one fact a line
    const kinds: readonly (readonly [title: string, first: readonly unknown[], late: unknown, early: unknown])[] = [
      ['int32', [100, 103, 104].map((n) => new Int32(n)), new Int32(99), new Int32(98)],
      ['int64', [Long.fromInt(104)], Long.fromInt(99), Long.fromInt(98)],
      ['double', [new Double(100.5), new Double(104.5)], new Double(99.5), new Double(99.25)],
      ['Decimal128', [Decimal128.fromString('104')], Decimal128.fromString('99'), Decimal128.fromString('98.9')],
      ['date', [ms(0), ms(4000)], ms(-1000), ms(-1001)],
      ['timestamp', [new Timestamp({ t: 104, i: 1 })], new Timestamp({ t: 99, i: 1 }), new Timestamp({ t: 99, i: 0 })],
      ['ObjectId', [oid(104, 7)], oid(99), oid(98, 9)],
    ]
    for (const [title, first, late, early] of kinds) {
      it(`${title}: with one of 5 it finds late documents and repeats none`, async () => {
        const stream = made(pairs(...first))
        const settings = { lookback: 5, batch_size: 2 }
        const one = await run(server, stream, { settings })
        expect(one.records).to.have.length(first.length)
        expect((await run(server, stream, { settings, state: one.state })).records).to.deep.equal([])
        server.insert('db', 'c', { _id: 20, k: late }, { _id: 21, k: early })
        server.replace('db', 'c', { _id: 0, k: first[0], note: 'x' })
        const two = await run(server, stream, { settings, state: one.state })
        expect(ids(two)).to.have.members(['0', '20'])
        expect(bookmark(two.state, stream).replication_key_value).to.deep.equal(
          bookmark(one.state, stream).replication_key_value,
        )
        expect((await run(server, stream, { settings, state: two.state })).records).to.deep.equal([])
      })
    }

    it('never moves the bookmark back, and killed at every state sends everything once', async () => {
      const stream = made(pairs(1, 2, 3, 4, 5))
      const settings = { lookback: 3, batch_size: 1 }
      const one = await run(server, stream, { settings })
      for (const _id of [1, 3]) server.replace('db', 'c', { _id, k: _id + 1, note: 'new' })
      server.insert('db', 'c', { _id: 5, k: 6 })
      const runs = await killedRuns(server, stream, { settings, state: one.state, pace: { stateRows: 1 } })
      expect(runs.flatMap(ids)).to.deep.equal(['1', '3', '5'])
      const values = runs.flatMap(({ states }) => states.map((state) => bookmark(state, stream).replication_key_value))
      expect(values.slice(0, 2)).to.deep.equal([5, 5].map((n) => ({ $numberInt: String(n) })))
    })

    it('has no meaning for texts, which it says', async () => {
      const stream = made(pairs('a', 'b'))
      const first = await run(server, stream, { settings: { lookback: 5 } })
      expect(first.log).to.include('lookback has no meaning')
      expect((await run(server, stream, { settings: { lookback: 5 }, state: first.state })).records).to.deep.equal([])
    })
  })

  describe('start_date and end_date', () => {
    const days = [1, 2, 3, 4].map((day) => new Date(Date.UTC(2024, 0, day)))
    const window = { start_date: '2024-01-02', end_date: '2024-01-04T00:00:00Z' }
    const seconds = days.map((day) => day.getTime() / 1000)
    // biome-ignore format: one fact a line
    const kinds: readonly (readonly [title: string, keys: readonly unknown[]])[] = [
      ['dates', days],
      ['timestamps', seconds.map((t) => new Timestamp({ t, i: 0 }))],
      ['ObjectIds', seconds.map((t) => ObjectId.createFromTime(t))],
    ]
    for (const [title, keys] of kinds) {
      it(`${title}: read what is not before the one and before the other`, async () => {
        const stream = made([{ _id: 9 }, ...pairs(...keys)])
        const first = await run(server, stream, { settings: window })
        expect(ids(first)).to.deep.equal(['1', '2'])
        expect(ids(await run(server, stream, { settings: window, state: first.state }))).to.deep.equal([])
        const next = { ...window, end_date: '2024-01-05' }
        expect(ids(await run(server, stream, { settings: next, state: first.state }))).to.deep.equal(['3'])
      })
    }

    it('reads day after day without a gap, the bookmark never behind its day', async () => {
      const hours = Array.from({ length: 72 }, (_, n) => new Date(Date.UTC(2024, 0, 1) + n * 3_600_000))
      const stream = made(pairs(...hours))
      let state: JsonObject | undefined
      const sent: string[] = []
      for (const day of [1, 2, 3]) {
        const settings = {
          start_date: `2024-01-0${day}`,
          end_date: `2024-01-0${day + 1}T00:00:00+00:00`,
          batch_size: 5,
        }
        const one = await run(server, stream, { settings, state })
        expect(one.records).to.have.length(24)
        sent.push(...ids(one))
        state = one.state
      }
      expect(sent).to.deep.equal(hours.map((_, n) => String(n)))
    })

    it('are those of the stream over those of all', async () => {
      const stream = made(pairs(...days))
      const settings = { ...window, streams: { [stream.id]: { start_date: '2024-01-03' } } }
      expect(ids(await run(server, stream, { settings }))).to.deep.equal(['2'])
    })

    it('read everything up to end_date, also documents without a value, where there is no start_date', async () => {
      const stream = made([{ _id: 9 }, ...pairs(...days)])
      const { end_date } = window
      expect(ids(await run(server, stream, { settings: { end_date } }))).to.deep.equal(['9', '0', '1', '2'])
    })

    it('say which documents they leave out', async () => {
      const stream = made([{ _id: 9, k: '2024-01-03' }, ...pairs(...days)])
      const { log } = await run(server, stream, { settings: window })
      expect(log).to.include('start_date leaves out documents')
    })

    it('begin at the bookmark where it is later', async () => {
      const stream = made(pairs(...days))
      const value = (day: string) => stored(stream, { replication_key: 'k', replication_key_value: { $date: day } })
      const settings = { start_date: '2024-01-02' }
      expect(ids(await run(server, stream, { settings, state: value('2024-01-03T00:00:00Z') }))).to.deep.equal([
        '2',
        '3',
      ])
      expect(ids(await run(server, stream, { settings, state: value('2023-01-03T00:00:00Z') }))).to.deep.equal([
        '1',
        '2',
        '3',
      ])
    })

    it('have no meaning for numbers, which it says', async () => {
      const stream = made([...pairs(1, 2), { _id: 9 }])
      const first = await run(server, stream, { settings: window })
      expect(ids(first)).to.deep.equal(['9', '0', '1'])
      expect(first.log).to.include('dates in the settings have no meaning')
    })
  })

  describe('state', () => {
    it('keeps the version of all its documents, and activates it', async () => {
      const stream = made(pairs(1, 2))
      const one = await run(server, stream)
      expect(one.types).to.deep.equal(['ACTIVATE_VERSION', 'RECORD_LINES', 'ACTIVATE_VERSION', 'STATE'])
      server.insert('db', 'c', { _id: 5, k: 5 })
      const two = await run(server, stream, { state: one.state })
      expect(two.types).to.deep.equal(['RECORD_LINES', 'ACTIVATE_VERSION', 'STATE'])
      expect(two.versions).to.deep.equal(one.versions)
      expect(one.versions).to.have.length(1)
    })

    it('sends no version where documents of a bookmark without one must stay', async () => {
      const stream = made(pairs(1, 2))
      const state = stored(stream, { replication_key: 'k', replication_key_value: 1 })
      const { types, versions } = await run(server, stream, { state })
      expect(types).to.deep.equal(['RECORD_LINES', 'STATE'])
      expect(versions).to.deep.equal([])
    })

    it('stands where it stood when nothing is new', async () => {
      const stream = made(pairs(1))
      const given = { replication_key: 'k', replication_key_value: { $numberInt: '2' }, note: 'kept' }
      const { state, log } = await run(server, stream, { state: stored(stream, given) })
      expect(bookmark(state, stream)).to.deep.equal(given)
      expect(log).to.equal('')
    })

    it('starts over, and says so, when the replication key is another one', async () => {
      const stream = made([
        { _id: 1, k: 1, j: 2 },
        { _id: 2, k: 2, j: 1 },
      ])
      const one = await run(server, stream)
      const two = await run(server, { ...stream, replicationKey: 'j' }, { state: one.state })
      expect(ids(two)).to.deep.equal(['2', '1'])
      expect(two.log).to.include('starts over')
      expect(bookmark(two.state, stream)).to.deep.include({
        replication_key: 'j',
        replication_key_value: { $numberInt: '2' },
      })
    })

    const date = new Date('2024-01-02T00:00:00.250Z')
    const oid = new ObjectId('65935c000000000000000000')
    // biome-ignore format: one fact a line
    const peers: readonly (readonly [peer: string, key: unknown, path: string, bookmark: JsonObject])[] = [
      ['singer-io', date, 'k', { last_replication_method: 'INCREMENTAL', replication_key_name: 'k', replication_key_type: 'datetime', replication_key_value: '2024-01-02T00:00:00.250000Z' }],
      ['singer-io', Long.fromString('9007199254740993'), 'k', { last_replication_method: 'INCREMENTAL', replication_key_name: 'k', replication_key_type: 'Int64', replication_key_value: '9007199254740993' }],
      ['pipelinewise', oid, 'k', { last_replication_method: 'INCREMENTAL', replication_key_name: 'k', replication_key_type: 'ObjectId', replication_key_value: '65935c000000000000000000' }],
      ['z3z1ma', new Int32(5), 'k', { replication_key: 'k', replication_key_value: 5 }],
    ]
    for (const [peer, key, path, given] of peers) {
      it(`goes on where ${peer} stopped at ${String(key)}: with its document, once`, async () => {
        const stream = made([{ _id: 0, k: key }], path)
        const first = await run(server, stream, { state: stored(stream, given) })
        expect(ids(first)).to.deep.equal(['0'])
        expect(ids(await run(server, stream, { state: first.state }))).to.deep.equal([])
        server.remove('db', 'c', 0)
        server.insert('db', 'c', { _id: 1, k: before(key) })
        expect(ids(await run(server, stream, { state: stored(stream, given) }))).to.deep.equal([])
      })
    }

    it('goes on behind the ObjectId of MeltanoLabs, which stands behind its time', async () => {
      const ids24 = ['65935c000000000000000000', '65935c000000000000000001']
      const stream = made(
        ids24.map((id) => ({ _id: new ObjectId(id) })),
        '_id',
        null,
      )
      const given = { replication_key: '_id', replication_key_value: `2024-01-02T00:43:44+00:00|${ids24[0]}` }
      const { records } = await run(server, stream, { state: stored(stream, given) })
      expect(records).to.have.length(2)
    })

    function before(key: unknown): unknown {
      if (key instanceof Date) return new Date(key.getTime() - 1)
      if (key instanceof ObjectId) return ObjectId.createFromTime(1)
      return key instanceof Long ? key.subtract(1) : new Int32(4)
    }
  })

  it('sends each version of each document once, over many runs of changes', async function () {
    this.timeout(30_000)
    const stream = made([])
    const wanted: string[] = []
    const sent: string[] = []
    let state: JsonObject | undefined
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return Math.floor((seed / 2147483648) * below)
    }
    for (let round = 1; round <= 60; round++) {
      for (let change = random(5); change > 0; change--) {
        const _id = random(8)
        const note = round * 10 + change
        server.replace('db', 'c', { _id, note, k: new Date(Math.floor(round / 3)) })
        wanted.push(`${_id}:${note}`)
      }
      const one = await run(server, stream, { state, settings: { batch_size: 1 + random(3) }, pace: { stateRows: 1 } })
      sent.push(...one.records.map(({ _id, note }) => `${_id}:${note}`))
      state = one.state
    }
    // A version that another one replaced before the run was never there to be seen.
    expect(new Set(sent).size).to.equal(sent.length)
    expect(wanted).to.include.members(sent)
  })
})
