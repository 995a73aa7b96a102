import { Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'bson'
import { expect } from 'chai'
import { bookmark, ids, killedRuns, run } from './incremental-runs.js'
import { oneCollection, pairs } from './one-collection.js'

describe('tap-mongo incremental: lookback', () => {
  const db = oneCollection()

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
      const stream = db.made(pairs(...first))
      const settings = { lookback: 5, batch_size: 2 }
      const one = await run(db.server, stream, { settings })
      expect(one.records).to.have.length(first.length)
      expect((await run(db.server, stream, { settings, state: one.state })).records).to.deep.equal([])
      db.server.insert('db', 'c', { _id: 20, k: late }, { _id: 21, k: early })
      db.server.replace('db', 'c', { _id: 0, k: first[0], note: 'x' })
      const two = await run(db.server, stream, { settings, state: one.state })
      expect(ids(two)).to.have.members(['0', '20'])
      expect(bookmark(two.state, stream).replication_key_value).to.deep.equal(
        bookmark(one.state, stream).replication_key_value,
      )
      expect((await run(db.server, stream, { settings, state: two.state })).records).to.deep.equal([])
    })
  }

  it('never moves the bookmark back, and killed at every state sends everything once', async () => {
    const stream = db.made(pairs(1, 2, 3, 4, 5))
    const settings = { lookback: 3, batch_size: 1 }
    const one = await run(db.server, stream, { settings })
    for (const _id of [1, 3]) db.server.replace('db', 'c', { _id, k: _id + 1, note: 'new' })
    db.server.insert('db', 'c', { _id: 5, k: 6 })
    const runs = await killedRuns(db.server, stream, { settings, state: one.state, pace: { stateRows: 1 } })
    expect(runs.flatMap(ids)).to.deep.equal(['1', '3', '5'])
    const values = runs.flatMap(({ states }) => states.map((state) => bookmark(state, stream).replication_key_value))
    expect(values.slice(0, 2)).to.deep.equal([5, 5].map((n) => ({ $numberInt: String(n) })))
  })

  it('has no meaning for texts, which it says', async () => {
    const stream = db.made(pairs('a', 'b'))
    const first = await run(db.server, stream, { settings: { lookback: 5 } })
    expect(first.log).to.include('lookback has no meaning')
    expect((await run(db.server, stream, { settings: { lookback: 5 }, state: first.state })).records).to.deep.equal([])
  })
})
