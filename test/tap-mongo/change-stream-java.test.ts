import { expect } from 'chai'
import { mongoServer } from '../support/mongo/java.js'
import { eventsOf, following, from, idIn, nextOf, now, untilEvents } from './following.js'

describe('a change stream of a running server', function () {
  this.timeout(60_000)

  it('tells of inserts and deletes, and goes on from a token', async () => {
    const server = await mongoServer()
    const database = server.newDatabase()
    const orders = server.client.db(database).collection<{ _id: number }>('orders')
    await orders.insertOne({ _id: 0 })
    const batches = await following(
      server,
      { starts: { orders: now } },
      async (stream) => {
        await nextOf(stream)
        await orders.insertOne({ _id: 1 })
        await orders.deleteOne({ _id: 0 })
        return untilEvents(stream, 2)
      },
      database,
    )
    const told = batches.flatMap(({ events }) => events)
    expect(told.map(({ operation, collection }) => `${operation} ${collection}`)).to.deep.equal([
      'insert orders',
      'delete orders',
    ])
    expect(told.map(({ documentKey }) => documentKey && idIn(documentKey))).to.deep.equal([1, 0])
    expect(told[0]?.fullDocument && idIn(told[0].fullDocument)).to.equal(1)
    await orders.insertOne({ _id: 2 })
    const starts = { orders: from(batches.at(-1)?.token) }
    const [next] = await following(server, { starts }, (stream) => eventsOf(stream, 1), database)
    expect(next?.fullDocument && idIn(next.fullDocument)).to.equal(2)
  })
})
