import { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'bson'
import { expect } from 'chai'
import { type Document, MongoClient } from 'mongodb'
import { mongoServer } from '../support/mongo/java.js'
import { startScripted } from '../support/mongo/scripted.js'
import { streamOf } from './connecting.js'
import { ids, killedRuns, run } from './incremental-runs.js'

interface Server {
  readonly uri: string
  readonly client: MongoClient
  readonly database: string
  close(): Promise<void>
}

const servers: Readonly<Record<string, () => Promise<Server>>> = {
  async 'a scripted server'() {
    const server = await startScripted()
    const client = await new MongoClient(server.uri).connect()
    const close = async () => {
      await client.close()
      await server.close()
    }
    return { uri: server.uri, client, database: 'db', close }
  },
  async 'mongo-java-server'() {
    const { uri, client, newDatabase } = await mongoServer()
    return { uri, client, database: newDatabase(), close: async () => undefined }
  },
}

// In the order of BSON; -0.0 and 0 are one key.
const keys = [
  ...[new Double(Number.NEGATIVE_INFINITY), new Int32(-1), new Double(-0), new Int32(0), new Double(0.5)],
  ...[Decimal128.fromString('0.75'), Long.fromString('9007199254740993'), '', 'a', 'b', {}, { a: 1 }],
  ...[new Binary(Buffer.from('b')), new ObjectId('0'.repeat(24)), false, true, new Date(-1), new Date(0)],
  ...[new Date(1), new Timestamp({ t: 1, i: 0 }), new Timestamp({ t: 1, i: 1 })],
]

for (const [name, start] of Object.entries(servers)) {
  describe(`tap-mongo incremental, from ${name}`, function () {
    this.timeout(60_000)
    let server: Server
    let collections = 0

    before(async function () {
      this.timeout(300_000)
      server = await start()
    })
    after(() => server.close())

    async function made(documents: readonly Document[], key = 'k', index: Document | null = { [key]: 1, _id: 1 }) {
      const title = `c${++collections}`
      const collection = server.client.db(server.database).collection<Document>(title)
      await collection.insertMany([...documents])
      if (index) await collection.createIndex(index as Record<string, 1>)
      return { collection, stream: streamOf(server.database, title, { replicationKey: key }) }
    }
    const pairs = (...given: readonly unknown[]) => given.map((k, _id) => ({ _id, k }))

    for (const index of [{ k: 1, _id: 1 }, { k: 1 }, null]) {
      const by = index ? `the index ${Object.keys(index)}` : 'no index'
      it(`by ${by} sends what shares a key once, killed at each state`, async () => {
        const { stream } = await made(pairs(5, 1, 1, 1, 1, 1, 7, 7, 2, 7, 9), 'k', index)
        for (const size of [1, 2, 3]) {
          const runs = await killedRuns(server, stream, { settings: { batch_size: size }, pace: { stateRows: 1 } })
          expect(runs.flatMap(ids)).to.deep.equal(['1', '2', '3', '4', '5', '8', '0', '6', '7', '9', '10'])
        }
      })
    }

    for (const index of [{ k: 1, _id: 1 }, { k: 1 }]) {
      it(`by the index ${Object.keys(index)} goes through keys of all types in their order, killed at each state`, async () => {
        const documents = keys.flatMap((k, n) => [0, 1].map((twin) => ({ _id: 2 * n + twin, k })))
        const { stream, collection } = await made(documents.toReversed(), 'k', index)
        const runs = await killedRuns(server, stream, { settings: { batch_size: 1 }, pace: { stateRows: 1 } })
        expect(runs.flatMap(ids)).to.deep.equal(documents.map(({ _id }) => String(_id)))
        await collection.insertOne({ _id: 1000, k: keys.at(-1) } as Document)
        expect(ids(await run(server, stream, { state: runs.at(-1)?.state }))).to.deep.equal(['1000'])
      })
    }

    it('sends documents without a value in a dotted key once, counted, and refuses arrays', async () => {
      const { stream, collection } = await made(
        [{ _id: 1 }, { _id: 2, m: { k: null } }, { _id: 3, m: { k: 5 } }],
        'm.k',
      )
      const first = await run(server, stream)
      expect(ids(first)).to.deep.equal(['1', '2', '3'])
      expect(first.log).to.include('later runs cannot see them')
      await collection.insertOne({ _id: 4, m: { k: [7] } } as Document)
      const problem = await run(server, stream, { state: first.state }).catch((cause: Error) => cause)
      expect(problem).to.be.an('error').with.property('message').that.includes('of the type array')
    })

    it('reads a window of days by date and by ObjectId', async () => {
      const days = [1, 2, 3, 4].map((day) => new Date(Date.UTC(2024, 0, day)))
      const settings = { start_date: '2024-01-02T00:00:00Z', end_date: '2024-01-04T00:00:00Z' }
      const byDate = await made(pairs(...days))
      expect(ids(await run(server, byDate.stream, { settings }))).to.deep.equal(['1', '2'])
      const byTime = days.map((day, n) => ({ _id: ObjectId.createFromTime(day.getTime() / 1000), n }))
      const byId = await made(byTime, '_id', null)
      expect((await run(server, byId.stream, { settings })).records.map(({ n }) => n)).to.deep.equal([1, 2])
    })
  })
}
