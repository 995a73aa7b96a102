import { Int32 } from 'bson'
import { expect } from 'chai'
import type { JsonObject } from '../../singer/index.js'
import { boundaryDocuments } from '../../tap-mongo/boundary.js'
import { streamOf } from './connecting.js'
import { bookmark, ids, killedRuns, run, stored } from './incremental-runs.js'
import { oneCollection, pairs } from './one-collection.js'

const at = (text: string) => new Date(`2024-01-01T${text}Z`)

describe('tap-mongo incremental', () => {
  const db = oneCollection()

  it('sends documents in the order of the key, and in the next run those behind the bookmark', async () => {
    const stream = db.made(pairs(at('10:00:02.500'), at('10:00:00'), at('10:00:01')))
    const first = await run(db.server, stream)
    expect(ids(first)).to.deep.equal(['1', '2', '0'])
    expect(bookmark(first.state, stream)).to.deep.include({
      replication_key: 'k',
      replication_key_value: { $date: { $numberLong: '1704103202500' } },
    })
    db.server.insert('db', 'c', { _id: 4, k: at('10:00:02.501') }, { _id: 3, k: at('10:00:02.500') })
    const second = await run(db.server, stream, { state: first.state })
    expect(ids(second)).to.deep.equal(['3', '4'])
    expect(ids(await run(db.server, stream, { state: second.state }))).to.deep.equal([])
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
        const stream = db.made(pairs(...keys).toReversed(), 'k', index)
        const runs = await killedRuns(db.server, stream, { settings: { batch_size: size }, pace: { stateRows: 1 } })
        expect(runs.flatMap(ids)).to.deep.equal(['1', '2', '3', '4', '5', '8', '0', '6', '7', '9', '10'])
        expect(runs.length).to.be.above(10 / size)
      })
    }
  }

  it('reads by _id, which needs no index of its own', async () => {
    const stream = db.made([{ _id: 2 }, { _id: 1 }, { _id: 'a' }], '_id', null)
    const first = await run(db.server, stream, { settings: { batch_size: 1 } })
    expect(ids(first)).to.deep.equal(['1', '2', '"a"'])
    db.server.insert('db', 'c', { _id: 3 }, { _id: 'b' })
    expect(ids(await run(db.server, stream, { state: first.state }))).to.deep.equal(['"b"'])
    expect(first.log).to.not.include('index')
  })

  it('reads by a field of an embedded document', async () => {
    const documents = [3, 1, 2].map((n) => ({ _id: n, meta: { at: new Date(n) } }))
    const stream = db.made([...documents, { _id: 4, meta: 5 }, { _id: 5, meta: {} }], 'meta.at')
    const first = await run(db.server, stream, { settings: { batch_size: 1 } })
    expect(ids(first)).to.deep.equal(['4', '5', '1', '2', '3'])
    db.server.insert('db', 'c', { _id: 6, meta: { at: new Date(3) } })
    expect(ids(await run(db.server, stream, { state: first.state }))).to.deep.equal(['6'])
  })

  it('goes on behind the bookmark in the order of types where the type of the key changes, and says so once', async () => {
    const stream = db.made(pairs('2024-01-01', '2024-01-02', at('00:00:00'), at('00:00:01'), new Int32(5)))
    const first = await run(db.server, stream, { settings: { batch_size: 1 } })
    expect(ids(first)).to.deep.equal(['4', '0', '1', '2', '3'])
    expect(first.log.match(/the type of the replication key changes/g)).to.have.length(1)
    const state = stored(stream, { replication_key: 'k', replication_key_value: '2024-01-02' })
    const second = await run(db.server, stream, { state })
    expect(ids(second)).to.deep.equal(['1', '2', '3'])
    expect(second.log).to.include('the type of the replication key changes')
  })

  it('sends documents without a value in the key in the first run only, counted', async () => {
    const stream = db.made([{ _id: 1 }, { _id: 2, k: null }, { _id: 3, k: 1 }, { _id: 4 }])
    const first = await run(db.server, stream, { settings: { batch_size: 2 } })
    expect(ids(first)).to.deep.equal(['1', '2', '4', '3'])
    expect(first.log).to.include('later runs cannot see them').and.include('3')
    db.server.insert('db', 'c', { _id: 5 })
    expect(ids(await run(db.server, stream, { state: first.state }))).to.deep.equal([])
  })

  it('sends a document at the boundary again when it has changed, and no unchanged one', async () => {
    const stream = db.made([1, 2, 3].map((_id) => ({ _id, k: 1, note: 'a' })))
    const first = await run(db.server, stream)
    db.server.replace('db', 'c', { _id: 2, k: 1, note: 'b' })
    const second = await run(db.server, stream, { state: first.state, settings: { batch_size: 1 } })
    expect(ids(second)).to.deep.equal(['2'])
    expect(ids(await run(db.server, stream, { state: second.state }))).to.deep.equal([])
  })

  it(`keeps ${boundaryDocuments} documents of a boundary: the rest is sent again, which it says`, async () => {
    const stream = db.made(Array.from({ length: boundaryDocuments + 5 }, (_, _id) => ({ _id, k: 7 })))
    const first = await run(db.server, stream)
    expect(bookmark(first.state, stream).boundary).to.have.length(boundaryDocuments)
    expect(first.log).to.include('the next run sends some of them again')
    expect((await run(db.server, stream, { state: first.state })).records).to.have.length(5)
  })

  for (const [title, index] of indexes) {
    it(`${title}: gives the state of what it has sent when it is aborted on any page`, async () => {
      const stream = db.made(pairs(1, 2, 3, 4, 5, 6), 'k', index)
      for (const pagesBefore of [1, 2, 3, 4]) {
        const abort = new AbortController()
        let pages = 0
        const watch = ({ type }: { type: string }) => {
          if (type === 'RECORD_LINES' && ++pages === pagesBefore) abort.abort()
          return undefined
        }
        const settings = { batch_size: 1 }
        const first = await run(db.server, stream, { settings, signal: abort.signal, watch })
        expect(first.types.at(-1)).to.equal('STATE')
        expect(first.types.filter((type) => type === 'ACTIVATE_VERSION')).to.have.length(1)
        const rest = await run(db.server, stream, { state: first.state })
        expect([...ids(first), ...ids(rest)]).to.deep.equal(['0', '1', '2', '3', '4', '5'])
      }
    })
  }

  it('leaves what comes behind the greatest key of its start to the next run', async () => {
    const stream = db.made(pairs(1, 2, 3))
    let isBegun = false
    const first = await run(db.server, stream, {
      settings: { batch_size: 1 },
      watch: (message) => {
        if (message.type === 'RECORD_LINES' && !isBegun) {
          isBegun = true
          db.server.insert('db', 'c', { _id: 9, k: 9 }, { _id: 10, k: 3 })
        }
        return undefined
      },
    })
    expect(ids(first)).to.deep.equal(['0', '1', '2', '10'])
    expect(ids(await run(db.server, stream, { state: first.state }))).to.deep.equal(['9'])
  })

  it('goes on after lost connections in the same run', async () => {
    const stream = db.made(pairs(...Array.from({ length: 20 }, (_, i) => i >> 2)))
    let finds = 0
    db.server.answer = ({ name }) => (name === 'find' && ++finds % 3 === 0 ? 'drop' : undefined)
    const first = await run(db.server, stream, { settings: { batch_size: 3 } })
    expect(ids(first)).to.deep.equal(Array.from({ length: 20 }, (_, i) => String(i)))
  })

  it('reads the documents of the filter alone', async () => {
    const stream = db.made([1, 2, 3, 4].map((_id) => ({ _id, ...(_id > 1 && { k: _id }), kind: _id % 2 ? 'a' : 'b' })))
    const settings = { batch_size: 1, streams: { [stream.id]: { filter: { kind: { $in: ['a'] } } } } }
    const first = await run(db.server, stream, { settings })
    expect(ids(first)).to.deep.equal(['1', '3'])
    expect(ids(await run(db.server, stream, { settings, state: first.state }))).to.deep.equal([])
  })

  it('reads a view by one cursor, and says so', async () => {
    db.made(pairs(3, 1, 2))
    db.server.create('db', 'v', { viewOn: 'c', pipeline: [] })
    const stream = streamOf('db', 'v', { replicationKey: 'k', isView: true })
    const first = await run(db.server, stream, { settings: { batch_size: 2 } })
    expect(ids(first)).to.deep.equal(['1', '2', '0'])
    expect(first.log).to.include('one cursor reads them')
    expect(ids(await run(db.server, stream, { state: first.state }))).to.deep.equal([])
    db.server.drop('db', 'v')
  })

  it('sends each version of each document once, over many runs of changes', async function () {
    this.timeout(30_000)
    const stream = db.made([])
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
        db.server.replace('db', 'c', { _id, note, k: new Date(Math.floor(round / 3)) })
        wanted.push(`${_id}:${note}`)
      }
      const one = await run(db.server, stream, {
        state,
        settings: { batch_size: 1 + random(3) },
        pace: { stateRows: 1 },
      })
      sent.push(...one.records.map(({ _id, note }) => `${_id}:${note}`))
      state = one.state
    }
    // A version that another one replaced before the run was never there to be seen.
    expect(new Set(sent).size).to.equal(sent.length)
    expect(wanted).to.include.members(sent)
  })
})
