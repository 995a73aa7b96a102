import { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson'
import { expect } from 'chai'
import type { Json, JsonObject } from '../../singer/index.js'
import { bookmark, ids, run } from './incremental-runs.js'
import { oneCollection, pairs } from './one-collection.js'

describe('tap-mongo incremental: keys', () => {
  const db = oneCollection()

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
      const stream = db.made(pairs(value, value))
      const first = await run(db.server, stream)
      expect(ids(first)).to.deep.equal(['0', '1'])
      expect(bookmark(first.state, stream).replication_key_value).to.deep.equal(wanted)
      expect(first.log).to.equal('')
      db.server.insert('db', 'c', { _id: 2, k: value })
      const second = await run(db.server, stream, { state: first.state })
      expect(ids(second)).to.deep.equal(['2'])
      expect(ids(await run(db.server, stream, { state: second.state }))).to.deep.equal([])
    })
  }

  it('takes numbers of different types as one key where they are equal', async () => {
    const stream = db.made(pairs(new Int32(1), new Double(1), Long.fromInt(1), Decimal128.fromString('1.0')))
    const first = await run(db.server, stream)
    expect(bookmark(first.state, stream).boundary).to.have.length(4)
    db.server.insert('db', 'c', { _id: 4, k: new Double(1) })
    expect(ids(await run(db.server, stream, { state: first.state }))).to.deep.equal(['4'])
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
      const stream = db.made([...ordered, { _id: 4, ...document }], key)
      const problem = await run(db.server, stream, { settings: { batch_size: 1 } }).catch((cause: Error) => cause)
      expect(problem).to.be.an('error')
      const { message } = problem as Error
      expect(message).to.include('collection db.c').and.include(`field ${key},`).and.include(`type ${type},`)
      expect(message).to.not.include('77')
    })
  }

  it('stops where the name of the field itself holds a dot, by which no server can order', async () => {
    const stream = db.made([{ _id: 1, 'meta.at': 5 }], 'meta.at')
    const problem = await run(db.server, stream).catch((cause: Error) => cause)
    expect(problem).to.be.an('error').with.property('message').that.includes('holds a dot')
  })
})
