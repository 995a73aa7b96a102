import { expect } from 'chai'
import { MongoClient } from 'mongodb'
import type { JsonObject } from '../../singer/index.js'
import { failure } from '../support/mongo/refusal.js'
import { ids, run } from './incremental-runs.js'
import { oneCollection, pairs } from './one-collection.js'

describe('tap-mongo incremental: indexes', () => {
  const db = oneCollection()

  it('sorts no more than about a page for each page where only the key is indexed', async () => {
    const keys = Array.from({ length: 40 }, (_, i) => i >> 1)
    const stream = db.made(pairs(...keys).toReversed(), 'k', { k: 1 })
    db.server.commands.length = 0
    const { records } = await run(db.server, stream, { settings: { batch_size: 5 } })
    expect(records).to.have.length(40)
    const sorted = db.server.commands.filter(({ name, body }) => name === 'find' && Number(body.sort._id) === 1)
    // A page of each step, the empty one behind it, and ties that came along.
    expect(sorted).to.have.length.within(16, 27)
    const client = await new MongoClient(db.server.uri).connect()
    try {
      for (const { body } of sorted) {
        // Ties at both ends come along.
        expect(await client.db('db').collection('c').find(body.filter).toArray()).to.have.length.below(8)
      }
    } finally {
      await client.close()
    }
  })

  for (const batch_size of [1, 2, 3]) {
    it(`reads keys of all types where only the key is indexed, ${batch_size} documents a page`, async () => {
      const keys = [8, 10, 11, '', 'a', {}, false, true, new Date(0), new Date(1)]
      const { records } = await run(db.server, db.made(pairs(...keys), 'k', { k: 1 }), { settings: { batch_size } })
      expect(ids({ records })).to.deep.equal(keys.map((_, i) => String(i)))
    })
  }

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
      const stream = db.made(pairs(1, 2), 'k', null)
      db.server.createIndex('db', 'c', key, options)
      const { log } = await run(db.server, stream)
      if (isUsed) expect(log).to.equal('')
      else expect(log).to.include('"c').and.include('createIndex({\\"k\\": 1, _id: 1})')
    })
  }

  it('goes on where they cannot be listed', async () => {
    const stream = db.made(pairs(1, 2))
    db.server.handle('listIndexes', async (command, next) =>
      command.database === 'db' ? failure(13, 'Unauthorized', 'no') : next(),
    )
    const { records, log } = await run(db.server, stream)
    expect(records).to.have.length(2)
    expect(log).to.equal('')
  })
})
