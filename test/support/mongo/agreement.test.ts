import * as bson from 'bson'
import { expect } from 'chai'
import fc from 'fast-check'
import { type Collection, type Document, MongoClient } from 'mongodb'
import { all, facts, type Name, none, values } from './filter-facts.js'
import { mongoServer } from './java.js'
import { order } from './order-facts.js'
import { startScripted } from './scripted.js'

// mongo-java-server compares UTF-16: nothing beyond U+FFFF.
const text = fc.constantFrom('', 'a', 'A', 'aa', 'b', 'é', '\uffff')
const number = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map((any) => new bson.Int32(any)),
  fc.constantFrom(-Infinity, -2.5, -1, 0, 0.5, 1, 2 ** 53, Infinity).map((any) => new bson.Double(any)),
  fc.constantFrom('-1.00', '0', '0.5', '1E+3').map((any) => bson.Decimal128.fromString(any)),
  fc.constantFrom('-1', '0', '1', '9007199254740993', '9223372036854775807').map((any) => bson.Long.fromString(any)),
)
const id = fc.constantFrom('0', '7', 'f').map((digit) => new bson.ObjectId(digit.repeat(24)))
const date = fc.constantFrom(-62135596800000, -1, 0, 1, 253402300799999).map((ms) => new Date(ms))
const binary = fc.constantFrom('', 'a', 'b', 'ab').map((any) => new bson.Binary(Buffer.from(any)))
const scalar = fc.oneof(number, text, id, date, binary, fc.boolean(), fc.constant(null))
const names = fc.constantFrom('a', 'b')
const value = fc.oneof({ weight: 4, arbitrary: scalar }, { weight: 1, arbitrary: fc.dictionary(names, scalar) })
const document = fc.dictionary(fc.constantFrom('v', 'w'), value)

const path = fc.constantFrom('v', 'w', 'v.a')
const types = ['int', 'long', 'double', 'string', 'object', 'objectId', 'bool', 'date', 'null']
const sort = fc
  .tuple(path, fc.constantFrom(1 as const, -1 as const))
  .map(([name, direction]) => ({ [name]: direction }))

/** To mongo-java-server a missing field is not `$gte: null`; to MongoDB it is. */
function filters(isReal: boolean): fc.Arbitrary<Document> {
  const operand = isReal ? scalar : scalar.filter((any) => any !== null)
  const condition = fc.oneof(
    fc.tuple(fc.constantFrom('$eq', '$ne'), scalar).map(([name, any]) => ({ [name]: any })),
    fc.tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte'), operand).map(([name, any]) => ({ [name]: any })),
    fc
      .tuple(fc.constantFrom('$in', '$nin'), fc.array(scalar, { maxLength: 3 }))
      .map(([name, any]) => ({ [name]: any })),
    fc.boolean().map(($exists) => ({ $exists })),
    fc.constantFrom(...types).map(($type) => ({ $type })),
  )
  const field = fc.tuple(path, condition).map(([name, any]): Document => ({ [name]: any }))
  const joined = fc
    .tuple(fc.constantFrom('$and', '$or', '$nor'), fc.array(field, { minLength: 1, maxLength: 3 }))
    .map(([name, all]): Document => ({ [name]: all }))
  return fc.oneof(field, joined)
}

describe('find on the scripted server', () => {
  it('is what another server answers, for any filter and sort over the types that both hold', async function () {
    this.timeout(300_000)
    const { client, newDatabase, isReal } = await mongoServer()
    const server = await startScripted()
    const own = new MongoClient(server.uri)
    const both = [client.db(newDatabase()), own.db('db')]
    let round = 0
    const ids = async (collection: Collection, query: Document, order: Record<string, 1 | -1>) =>
      (await collection.find(query, { sort: { ...order, _id: 1 } }).toArray()).map(({ _id }) => Number(_id))
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(document, { minLength: 1, maxLength: 12 }),
          fc.array(fc.tuple(filters(isReal), sort), { minLength: 1, maxLength: 10 }),
          async (documents, queries) => {
            const collections = both.map((database) => database.collection(`c${++round}`))
            const rows = documents.map((any, _id): Document => ({ _id, ...any }))
            for (const collection of collections) await collection.insertMany(rows)
            for (const [query, order] of queries) {
              const [theirs, ours] = await Promise.all(collections.map((collection) => ids(collection, query, order)))
              expect(ours, bson.EJSON.stringify({ query, order, rows })).to.deep.equal(theirs)
            }
          },
        ),
        { numRuns: 60 },
      )
    } finally {
      await own.close()
      await server.close()
    }
  })
})

// mongo-java-server does not hold all of these values.
if (process.env.TEST_MONGODB_URI) {
  describe('a real MongoDB agrees with the scripted server', () => {
    it('about the table of filters', async () => {
      const { client, newDatabase } = await mongoServer()
      const collection = client.db(newDatabase()).collection<{ _id: Name }>('c')
      await collection.insertMany(all.map((_id) => (values[_id] === none ? { _id } : { _id, v: values[_id] })))
      for (const [condition, holds] of facts) {
        const found = await collection
          .find({ v: condition })
          .map(({ _id }) => _id)
          .toArray()
        expect(found, bson.EJSON.stringify(condition)).to.have.members(holds)
      }
    })

    it('about the order of values', async () => {
      const { client, newDatabase } = await mongoServer()
      const collection = client.db(newDatabase()).collection('c')
      // Arrays sort by their elements, and the driver writes no undefined.
      const places = order.flatMap((row, place) => row.map((v) => ({ place, v })))
      const sortable = places.filter(({ v }) => v !== undefined && !Array.isArray(v))
      await collection.insertMany(sortable.toReversed())
      const found = await collection
        .find({}, { sort: { v: 1, place: 1 } })
        .map(({ place }) => Number(place))
        .toArray()
      expect(found).to.deep.equal(sortable.map(({ place }) => place))
    })
  })
}
