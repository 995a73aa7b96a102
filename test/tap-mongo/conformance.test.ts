import { bin } from '../support/bins.js'
import { describeTap } from '../support/conformance.js'
import { mongoServer } from '../support/mongo/java.js'

describeTap('tap-mongo', {
  command: bin('tap-mongo'),
  async setUp() {
    const { uri, client, newDatabase } = await mongoServer()
    const database = await newDatabase()
    const db = client.db(database)
    const digits = Array.from({ length: 10 }, (_, n) => ({ _id: n, note: `note ${n}` }))
    await db.collection<{ _id: number }>('digits').insertMany(digits)
    for (let from = 0; from < 60_000; from += 10_000) {
      const rows = Array.from({ length: 10_000 }, (_, i) => ({ _id: from + i, text: 'x'.repeat(60), price: i / 7 }))
      await db.collection<{ _id: number }>('big').insertMany(rows)
    }
    await db.createCollection('nothing')
    await db.collection('od.d näme').insertOne(odd)
    const at = ['2026-01-01', '2026-01-02T00:00:00.5Z', '2026-01-02T00:00:00.5Z'].map((text) => new Date(text))
    await db.collection('events').insertMany(at.map((updated_at) => ({ updated_at })))
    // A control character is one byte in BSON and six in JSON: documents are 16 MiB at most.
    await db
      .collection<{ _id: number; text?: string }>('huge')
      .insertMany([{ _id: 1 }, { _id: 2, text: '\u0001'.repeat(5 << 20) }])
    return {
      config: { uri, databases: [database] },
      secret: 'uri',
      big: { id: `${database}-big`, records: 60_000 },
      small: { id: `${database}-digits`, records: 10 },
      empty: { id: `${database}-nothing` },
      odd: { id: `${database}-od_d näme`, records: 1, properties: [...odd.keys()].slice(1) },
      incremental: {
        id: `${database}-events`,
        records: 3,
        replicationKey: 'updated_at',
        addRecord: async () => {
          await db.collection('events').insertOne({ updated_at: new Date() })
        },
      },
      huge: { id: `${database}-huge` },
      isSchemaless: true,
    }
  },
})

const odd = new Map<string, unknown>([
  ['_id', 1],
  ['a b', 1],
  ['é"x"', { deep: [1.1, { é: null }] }],
  ['back`tick', 'tick'],
  ['dot.ted', new Date('2026-01-31')],
  ['constructor', true],
  ['__proto__', 5],
])
