import { expect } from 'chai'
import { bookmarkOf } from '../../singer/index.js'
import { BsonType } from '../../tap-mongo/bson/bson-type.js'
import { driverValue, type RawValue, rawValueOf } from '../../tap-mongo/bson/raw-value.js'
import { syncFullTable } from '../../tap-mongo/full-table.js'
import { recordedLog } from '../singer/recorded-log.js'
import { mongoServer } from '../support/mongo/java.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Scripted } from '../support/mongo/types.js'
import { type Given, streamOf, withDeployment } from './connecting.js'
import { documentWith, everyId, titleOf } from './every-id.js'
import { bareWriter, runKilled, runOnce, sourceOf, typesOf, versionsOf } from './whole-collections.js'

const stream = streamOf('shop', 'orders')
const titles = everyId.map(titleOf)
const eachPage = { stateRows: 1 }

describe('tap-mongo full table', () => {
  let server: Scripted
  beforeEach(async () => {
    server = await startScripted()
  })
  afterEach(() => server.close())

  function withSource<T>(given: Given, use: (source: ReturnType<typeof sourceOf>) => Promise<T>): Promise<T> {
    return withDeployment(server, given, (common) => use(sourceOf(common, stream)))
  }

  /** Not in their order. */
  function insertEveryId(): void {
    const documents = everyId.map((id) => documentWith('_id', id))
    server.insert('shop', 'orders', ...documents.slice(20).reverse(), ...documents.slice(0, 20))
  }

  for (const size of [1, 2, 3]) {
    it(`sends each document once and in order when it is killed after each page of ${size}, whatever the ids`, async () => {
      insertEveryId()
      const readings = await withSource({ settings: { batch_size: size }, pace: eachPage }, runKilled)
      expect(readings.flatMap(({ ids }) => ids)).to.deep.equal(titles)
      expect(readings.length).to.equal(Math.ceil(everyId.length / size) + 1)
      expect(versionsOf(readings)).to.have.length(1)
    })
  }

  for (const fault of ['drop', 'cut'] as const) {
    it(`sends each document once and in order when one answer in ten is lost (${fault})`, async () => {
      insertEveryId()
      let finds = 0
      server.answer = ({ name }) => (name === 'find' && ++finds % 10 === 0 ? fault : undefined)
      const { ids } = await withSource({ settings: { batch_size: 2 } }, (source) => runOnce(source, {}))
      expect(ids).to.deep.equal(titles)
    })
  }

  it('fails where the collection is dropped while it is read, and activates nothing', async () => {
    server.insert('shop', 'orders', { _id: 1 }, { _id: 2 }, { _id: 3 })
    server.insert('shop', 'others', { _id: 1 })
    const types: string[] = []
    await withSource({ settings: { batch_size: 1 } }, async (source) => {
      const state = { bookmarks: { [stream.id]: { initial_full_table_complete: true } } }
      try {
        for await (const { type } of syncFullTable(source, bareWriter(source), state)) {
          if (types.push(type) === 1) server.drop('shop', 'orders')
        }
        expect.fail('nothing happened')
      } catch (problem) {
        expect(String(problem)).to.include('collection shop.orders: it was dropped while it was read')
      }
    })
    expect(types).to.not.include('ACTIVATE_VERSION')
  })

  it('says that it starts over where nobody can read how far a load came', async () => {
    server.insert('shop', 'orders', { _id: 1 }, { _id: 2 })
    const log = recordedLog()
    await withSource({ log }, async (source) => {
      const state = { bookmarks: { [stream.id]: { version: 5, max_pk_values: { $numberInt: '2' } } } }
      expect((await runOnce(source, state)).ids).to.have.length(2)
    })
    expect(log.lines.join('\n')).to.match(/WARNING the state of an unfinished load cannot be read.*shop-orders/)
  })

  it('activates the version at once on the first run only, and again when all is sent', async () => {
    server.insert('shop', 'orders', { _id: 1 }, { _id: 2 })
    await withSource({}, async (source) => {
      const first = await runOnce(source, {})
      expect(typesOf(first)).to.equal('ACTIVATE_VERSION RECORD RECORD ACTIVATE_VERSION STATE')
      expect(bookmarkOf(first.state, stream.id)).to.deep.equal({ initial_full_table_complete: true })
      const second = await runOnce(source, first.state)
      expect(typesOf(second)).to.equal('RECORD RECORD ACTIVATE_VERSION STATE')
      expect(versionsOf([second])[0]).to.be.greaterThan(versionsOf([first])[0] ?? 0)
    })
  })

  it('has nothing to send of an empty collection but its versions', async () => {
    server.create('shop', 'orders')
    const reading = await withSource({}, (source) => runOnce(source, {}))
    expect(typesOf(reading)).to.equal('ACTIVATE_VERSION ACTIVATE_VERSION STATE')
  })

  it('leaves documents that come behind the last one to the next load', async () => {
    server.insert('shop', 'orders', { _id: 1 }, { _id: 2 }, { _id: 3 })
    await withSource({ settings: { batch_size: 1 }, pace: eachPage }, async (source) => {
      const first = await runOnce(source, {}, 1)
      server.insert('shop', 'orders', { _id: 4 }, { _id: 'a' })
      const { ids } = await runOnce(source, first.state)
      expect(ids).to.deep.equal([2, 3].map((id) => titleOf(rawValueOf(id))))
    })
  })

  it('sends only what the filter of the settings wants', async () => {
    server.insert('shop', 'orders', ...[0, 1, 2, 3].map((_id) => ({ _id, isPaid: _id % 2 === 0 })))
    await withDeployment(server, { settings: { batch_size: 1 } }, async (common) => {
      const source = sourceOf(common, stream, { own: { filter: { isPaid: true } } })
      expect((await runOnce(source, {})).ids).to.deep.equal([0, 2].map((id) => titleOf(rawValueOf(id))))
    })
  })

  it('stops at an _id that nothing can be compared with, when all before it is sent', async () => {
    const pointer = { type: BsonType.dbPointer, bytes: Buffer.from('020000006100000000000000000000000000', 'hex') }
    server.insert('shop', 'orders', documentWith('_id', pointer), { _id: 1 }, { _id: true }, documentWith('_id', raw7f))
    await withSource({ settings: { batch_size: 1 }, pace: eachPage }, async (source) => {
      const found = runOnce(source, {})
      await expectFailure(found, /dbPointer.*setting filter/)
      const { ids } = await runOnce(source, {}, 3)
      expect(ids).to.deep.equal([rawValueOf(1), rawValueOf(true), pointer].map(titleOf))
    })
  })

  it('holds no cursor open while the reader is slow', async () => {
    server.insert('shop', 'orders', ...Array.from({ length: 50 }, (_, _id) => ({ _id })))
    await withSource({ settings: { batch_size: 10 }, pace: eachPage }, async (source) => {
      const opened: number[] = []
      for await (const message of syncFullTable(source, bareWriter(source), {})) {
        if (message.type === 'STATE') opened.push(server.openCursors)
      }
      expect(opened).to.deep.equal([0, 0, 0, 0, 0, 0])
      expect(server.commands.filter(({ name }) => name === 'getMore')).to.deep.equal([])
    })
  })

  it('gives a last STATE and ends without a word when the run is aborted', async () => {
    server.insert('shop', 'orders', ...Array.from({ length: 9 }, (_, _id) => ({ _id })))
    const abort = new AbortController()
    await withSource({ settings: { batch_size: 3 }, signal: abort.signal }, async (source) => {
      server.answer = ({ name, body }) => {
        if (name !== 'find' || !JSON.stringify(body.filter).includes('$gt"')) return undefined
        abort.abort()
        return 'hang'
      }
      const reading = await runOnce(source, {})
      expect(typesOf(reading)).to.equal('ACTIVATE_VERSION RECORD RECORD RECORD STATE')
      server.answer = undefined
      await withSource({}, async (again) => {
        expect((await runOnce(again, reading.state)).ids).to.have.length(6)
      })
    })
  })

  describe('of a view', () => {
    beforeEach(() => {
      server.insert('shop', 'orders', { _id: 2 }, { _id: 1 })
      server.create('shop', 'seen', { viewOn: 'orders', pipeline: [] })
    })
    const view = streamOf('shop', 'seen', { isView: true })
    const collection = { database: 'shop', name: 'seen', isView: true }

    it('sends all of it by one cursor', async () => {
      await withDeployment(server, { settings: { batch_size: 1 } }, async (common) => {
        const reading = await runOnce(sourceOf(common, view, { collection }), {})
        expect(typesOf(reading)).to.equal('ACTIVATE_VERSION RECORD RECORD ACTIVATE_VERSION STATE')
        expect(server.openCursors).to.equal(0)
      })
    })

    it('starts again under a new version when the connection is lost, and says so', async () => {
      const log = recordedLog()
      let isLost = false
      server.answer = ({ name }) => {
        if (name !== 'getMore' || isLost) return undefined
        isLost = true
        return 'drop'
      }
      await withDeployment(server, { settings: { batch_size: 1 }, log }, async (common) => {
        const reading = await runOnce(sourceOf(common, view, { collection }), {})
        expect(typesOf(reading)).to.equal('ACTIVATE_VERSION RECORD RECORD RECORD ACTIVATE_VERSION STATE')
        expect(versionsOf([reading])).to.have.length(2)
        expect(log.lines.join('\n')).to.include('read again from its beginning')
      })
    })
  })

  describe('with the state of another method', () => {
    it('starts over and says so, without making old records vanish at once', async () => {
      server.insert('shop', 'orders', { _id: 1 })
      const log = recordedLog()
      await withSource({ log }, async (source) => {
        const state = { bookmarks: { [stream.id]: { replication_key: 'at', replication_key_value: 5, note: 'kept' } } }
        const reading = await runOnce(source, state)
        expect(typesOf(reading)).to.equal('RECORD ACTIVATE_VERSION STATE')
        expect(bookmarkOf(reading.state, stream.id)).to.deep.equal({ initial_full_table_complete: true, note: 'kept' })
        expect(log.lines.join('\n')).to.include('the method INCREMENTAL: the stream starts over')
      })
    })
  })

  it('goes on where singer-io and pipelinewise were interrupted', async () => {
    const ids = ['507f1f77bcf86cd799439011', '507f1f77bcf86cd799439012', '507f1f77bcf86cd799439013'].map(objectId)
    server.insert('shop', 'orders', ...ids.map((id) => documentWith('_id', id)), { _id: 'of another type' })
    const bookmark = {
      version: 1_700_000_000_000,
      last_replication_method: 'FULL_TABLE',
      max_id_value: '507f1f77bcf86cd799439013',
      max_id_type: 'ObjectId',
      last_id_fetched: '507f1f77bcf86cd799439011',
      last_id_fetched_type: 'ObjectId',
    }
    const reading = await withSource({}, (source) => runOnce(source, { bookmarks: { [stream.id]: bookmark } }))
    expect(reading.ids).to.deep.equal(ids.slice(1).map(titleOf))
    expect(versionsOf([reading])).to.deep.equal([1_700_000_000_000])
    expect(bookmarkOf(reading.state, stream.id)).to.deep.equal({ initial_full_table_complete: true })
  })
})

describe('tap-mongo full table, on mongo-java-server', () => {
  for (const size of [1, 3]) {
    it(`sends each document once and in order when it is killed after each page of ${size}`, async () => {
      const { uri, client, newDatabase, isReal } = await mongoServer()
      const database = newDatabase()
      const ids = isReal ? everyId : everyId.filter(isHeld)
      for (const id of ids) {
        await client.db(database).command({ insert: 'orders', documents: [new Map([['_id', driverValue(id)]])] })
      }
      await withDeployment({ uri }, { settings: { batch_size: size }, pace: eachPage }, async (common) => {
        const readings = await runKilled(sourceOf(common, streamOf(database, 'orders')))
        expect(readings.flatMap((reading) => reading.ids)).to.deep.equal(ids.map(titleOf))
      })
    })
  }
})

const raw7f = { type: BsonType.maxKey, bytes: Buffer.alloc(0) }

/**
 * Neither what the Java server closes the connection on (symbols, code, binary of some kinds), nor what it compares
 * otherwise than it sorts: NaN, Infinity, the least numbers.
 */
function isHeld({ type, bytes }: RawValue): boolean {
  if ([BsonType.symbol, BsonType.code, BsonType.codeWithScope, BsonType.binary].some((one) => one === type))
    return false
  return !['000000000000f87f', '000000000000f07f', '090000000000000000000000000020df', '0000000000000080'].includes(
    bytes.toString('hex'),
  )
}

function objectId(hex: string) {
  return { type: BsonType.objectId, bytes: Buffer.from(hex, 'hex') }
}

async function expectFailure(work: Promise<unknown>, message: RegExp): Promise<void> {
  const outcome = await work.then(
    () => 'no failure',
    (problem) => String(problem),
  )
  expect(outcome).to.match(message)
}
