import { Int32, Long, ObjectId } from 'bson'
import { expect } from 'chai'
import { type Json, type JsonObject, SourceError } from '../../singer/index.js'
import { bookmark, ids, run, stored } from './incremental-runs.js'
import { oneCollection, pairs } from './one-collection.js'

describe('tap-mongo incremental: state', () => {
  const db = oneCollection()

  it('keeps the version of all its documents, and activates it', async () => {
    const stream = db.made(pairs(1, 2))
    const one = await run(db.server, stream)
    expect(one.types).to.deep.equal(['ACTIVATE_VERSION', 'RECORD_LINES', 'ACTIVATE_VERSION', 'STATE'])
    db.server.insert('db', 'c', { _id: 5, k: 5 })
    const two = await run(db.server, stream, { state: one.state })
    expect(two.types).to.deep.equal(['RECORD_LINES', 'ACTIVATE_VERSION', 'STATE'])
    expect(two.versions).to.deep.equal(one.versions)
    expect(one.versions).to.have.length(1)
  })

  it('sends no version where documents of a bookmark without one must stay', async () => {
    const stream = db.made(pairs(1, 2))
    const state = stored(stream, { replication_key: 'k', replication_key_value: 1 })
    const { types, versions } = await run(db.server, stream, { state })
    expect(types).to.deep.equal(['RECORD_LINES', 'STATE'])
    expect(versions).to.deep.equal([])
  })

  it('stands where it stood when nothing is new', async () => {
    const stream = db.made(pairs(1))
    const given = { replication_key: 'k', replication_key_value: { $numberInt: '2' }, note: 'kept' }
    const { state, log } = await run(db.server, stream, { state: stored(stream, given) })
    expect(bookmark(state, stream)).to.deep.equal(given)
    expect(log).to.equal('')
  })

  it("of the SDK's taps goes on at its date, which is a plain text", async () => {
    const dates = ['2024-01-01T10:00:00Z', '2024-01-01T10:00:01Z', '2024-01-01T10:00:02Z'].map((text) => new Date(text))
    const properties = { k: { type: ['null', 'string'], format: 'date-time' } }
    const stream = { ...db.made(pairs(...dates)), schema: { type: 'object', properties } }
    const state = stored(stream, { replication_key: 'k', replication_key_value: '2024-01-01T10:00:01+00:00' })
    expect(ids(await run(db.server, stream, { state }))).to.deep.equal(['1', '2'])
  })

  it('starts over, and says so, when the replication key is another one', async () => {
    const stream = db.made([
      { _id: 1, k: 1, j: 2 },
      { _id: 2, k: 2, j: 1 },
    ])
    const one = await run(db.server, stream)
    const two = await run(db.server, { ...stream, replicationKey: 'j' }, { state: one.state })
    expect(ids(two)).to.deep.equal(['2', '1'])
    expect(two.log).to.include('starts over')
    expect(bookmark(two.state, stream)).to.deep.include({
      replication_key: 'j',
      replication_key_value: { $numberInt: '2' },
    })
  })

  // biome-ignore format: one fact a line
  const unordered: readonly (readonly [type: string, value: Json])[] = [
      ['array', [1]],
      ['maxKey', { $maxKey: 1 }],
      ['minKey', { $minKey: 1 }],
      ['code', { $code: 'x' }],
      ['regex', { $regularExpression: { pattern: 'a', options: '' } }],
    ]
  for (const [type, value] of unordered) {
    it(`refuses a bookmark of the type ${type}, which no run leaves behind`, async () => {
      const stream = db.made(pairs(1, 2))
      const state = stored(stream, { replication_key: 'k', replication_key_value: value })
      const problem = await run(db.server, stream, { state }).catch((cause: unknown) => cause)
      expect(problem).to.be.instanceOf(SourceError)
      expect(String(problem)).to.match(new RegExp(`state of stream db-c: .* k is of the type ${type}, .* start over`))
    })
  }

  it('says that the keys of the collection are of types before that of the bookmark', async () => {
    const stream = db.made(pairs(1, 'x'))
    const state = stored(stream, { replication_key: 'k', replication_key_value: { $date: { $numberLong: '5' } } })
    const { log, records } = await run(db.server, stream, { state })
    expect(records).to.deep.equal([])
    expect(log).to.match(/WARNING nothing is read: .* start over .*before=date now=string/)
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
      const stream = db.made([{ _id: 0, k: key }], path)
      const first = await run(db.server, stream, { state: stored(stream, given) })
      expect(ids(first)).to.deep.equal(['0'])
      expect(ids(await run(db.server, stream, { state: first.state }))).to.deep.equal([])
      db.server.remove('db', 'c', 0)
      db.server.insert('db', 'c', { _id: 1, k: before(key) })
      expect(ids(await run(db.server, stream, { state: stored(stream, given) }))).to.deep.equal([])
    })
  }

  it('goes on behind the ObjectId of MeltanoLabs, which stands behind its time', async () => {
    const ids24 = ['65935c000000000000000000', '65935c000000000000000001']
    const stream = db.made(
      ids24.map((id) => ({ _id: new ObjectId(id) })),
      '_id',
      null,
    )
    const given = { replication_key: '_id', replication_key_value: `2024-01-02T00:43:44+00:00|${ids24[0]}` }
    const { records } = await run(db.server, stream, { state: stored(stream, given) })
    expect(records).to.have.length(2)
  })

  function before(key: unknown): unknown {
    if (key instanceof Date) return new Date(key.getTime() - 1)
    if (key instanceof ObjectId) return ObjectId.createFromTime(1)
    return key instanceof Long ? key.subtract(1) : new Int32(4)
  }
})
