import { Binary, Int32, serialize, Timestamp } from 'bson'
import { expect } from 'chai'
import { openChangeStream } from '../../tap-mongo/change-stream/change-stream.js'
import { tokenTime } from '../../tap-mongo/change-stream/token.js'
import { HistoryLostError } from '../../tap-mongo/failures.js'
import { type Changes, type ChangesOptions, changeStreams } from '../support/mongo/changes.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Scripted } from '../support/mongo/types.js'
import { eventsOf, following, from, idIn, nextOf, now, openings, told, untilEvents } from './following.js'

describe('a change stream', () => {
  let server: Scripted

  beforeEach(async () => {
    server = await startScripted()
  })

  afterEach(() => server.close())

  const withChanges = (options?: ChangesOptions): Changes => changeStreams(server, options)

  it('gives a token at once, before anything has happened', () => {
    withChanges()
    return following(server, { settings: { await_time_ms: 60_000 } }, async (stream, { deployment }) => {
      const { events, collections, token, time } = await nextOf(stream)
      expect(events).to.deep.equal([])
      expect(collections).to.deep.equal(['orders'])
      expect(tokenTime(token ?? Buffer.alloc(0))?.toString()).to.equal(deployment.operationTime?.toString())
      expect(time?.toString()).to.equal(deployment.operationTime?.toString())
    })
  })

  it('tells what happened to the documents of the watched collections', () => {
    const changes = withChanges()
    return following(server, { starts: { orders: now, people: now } }, async (stream) => {
      server.insert('shop', 'orders', { _id: 1, a: 1 })
      server.insert('shop', 'other', { _id: 2 })
      server.insert('elsewhere', 'orders', { _id: 3 })
      server.replace('shop', 'orders', { _id: 1, a: 2 })
      changes.update('shop', 'orders', { _id: 1, a: 3 })
      server.insert('shop', 'people', { _id: 'x' })
      server.remove('shop', 'people', 'x')
      const events = await eventsOf(stream, 5)
      expect(events.map(told)).to.deep.equal([
        'insert orders 1',
        'replace orders 1',
        'update orders 1',
        'insert people x',
        'delete people x',
      ])
      const [insert, replace, update, , remove] = events
      expect(insert?.fullDocument).to.deep.equal(Buffer.from(serialize({ _id: 1, a: 1 })))
      expect(replace?.fullDocument).to.deep.equal(Buffer.from(serialize({ _id: 1, a: 2 })))
      expect(update?.fullDocument).to.deep.equal(Buffer.from(serialize({ _id: 1, a: 3 })))
      expect(remove).to.include({ fullDocument: undefined, before: undefined })
      expect(remove?.clusterTime?.toString()).to.equal(server.operationTime.toString())
    })
  })

  const ends: readonly (readonly [string, { operation: string; collection: string; to?: string }, string])[] = [
    ['a drop', { operation: 'drop', collection: 'orders' }, 'drop orders'],
    ['a rename', { operation: 'rename', collection: 'orders', to: 'old' }, 'rename orders'],
    ['a rename onto a watched collection', { operation: 'rename', collection: 'new', to: 'orders' }, 'rename new'],
    ['a drop of the database', { operation: 'dropDatabase', collection: '' }, 'dropDatabase'],
  ]
  for (const [title, change, expected] of ends) {
    it(`passes on ${title}`, () => {
      const changes = withChanges()
      return following(server, {}, async (stream) => {
        changes.change({ database: 'shop', ...change })
        const [event] = await eventsOf(stream, 1)
        expect(event && told(event)).to.equal(expected)
        expect(event?.to).to.equal(change.to)
      })
    })
  }

  it('ends when the database was dropped', () => {
    const changes = withChanges()
    return following(server, {}, async (stream) => {
      changes.change({ operation: 'dropDatabase', database: 'shop', collection: '' })
      expect((await eventsOf(stream, 2)).map(told)).to.deep.equal(['dropDatabase', 'invalidate'])
      expect(await stream.next()).to.equal(undefined)
    })
  })

  it('moves its token on while nothing happens to the watched collections', () => {
    withChanges()
    return following(server, {}, async (stream) => {
      await nextOf(stream)
      server.insert('shop', 'other', { _id: 1 })
      const { events, time } = await nextOf(stream)
      expect(events).to.deep.equal([])
      expect(time?.toString()).to.equal(server.operationTime.toString())
    })
  })

  it('goes on behind every token with exactly what follows', async () => {
    withChanges({ hasTypeBits: true })
    const first = await following(server, {}, nextOf)
    for (let id = 1; id <= 5; id++) server.insert('shop', 'orders', { _id: id })
    const starts = { orders: from(first.token) }
    const batches = await following(server, { starts, settings: { batch_size: 1 } }, (stream) => untilEvents(stream, 5))
    for (const [index, { token }] of batches.entries()) {
      const delivered = batches.slice(0, index + 1).flatMap(({ events }) => events).length
      await following(server, { starts: { orders: from(token) } }, async (stream) => {
        const rest = await eventsOf(stream, 5 - delivered)
        expect(rest.map(told)).to.deep.equal([1, 2, 3, 4, 5].slice(delivered).map((id) => `insert orders ${id}`))
        expect((await nextOf(stream)).events).to.deep.equal([])
      })
    }
  })

  it('begins with what happened at its start time', async () => {
    const changes = withChanges()
    server.insert('shop', 'orders', { _id: 1 })
    const time = changes.change({ operation: 'delete', database: 'shop', collection: 'orders', key: { _id: 1 } })
    server.insert('shop', 'orders', { _id: 2 })
    const starts = { orders: { kind: 'time', time } } as const
    const events = await following(server, { starts }, (stream) => eventsOf(stream, 2))
    expect(events.map(told)).to.deep.equal(['delete orders 1', 'insert orders 2'])
  })

  it('asks with the same pipeline and options every time, but for the start', async () => {
    withChanges()
    const { token } = await following(server, {}, nextOf)
    await following(server, { starts: { orders: from(token) } }, nextOf)
    const [one, other] = openings(server).map(({ body }) => body.pipeline)
    const { startAfter, ...options } = other[0].$changeStream
    expect(startAfter).to.have.property('_data')
    expect(options).to.deep.equal(one[0].$changeStream)
    expect(other.slice(1)).to.deep.equal(one.slice(1))
    expect(other.flatMap((stage: object) => Object.keys(stage))).to.deep.equal([
      '$changeStream',
      '$match',
      '$project',
      '$changeStreamSplitLargeEvent',
    ])
  })

  it('takes one stream for collections with equal starts, and another one for a start of its own', async () => {
    withChanges()
    const { token } = await following(server, {}, nextOf)
    server.insert('shop', 'orders', { _id: 1 })
    server.commands.length = 0
    const starts = { a: now, orders: from(token), b: now, people: from(token) }
    await following(server, { starts }, async (stream) => {
      const covered = [await nextOf(stream), await nextOf(stream)].map(({ collections }) => collections)
      expect(covered).to.deep.equal([
        ['a', 'b'],
        ['orders', 'people'],
      ])
      expect(openings(server)).to.have.length(2)
    })
  })

  it('asks in one session, and leaves no cursor behind', async () => {
    withChanges()
    await following(server, {}, async (stream) => {
      await nextOf(stream)
      await nextOf(stream)
      expect(server.openCursors).to.equal(1)
    })
    const asked = server.commands.filter(({ name }) => /aggregate|getMore|killCursors/.test(name))
    expect(new Set(asked.map(({ body }) => body.lsid.id.toString('hex'))).size).to.equal(1)
    expect(server.openCursors).to.equal(0)
  })

  it('gives its session back', async () => {
    withChanges()
    await following(server, {}, async (stream, common) => {
      await stream.close()
      await (await openChangeStream(common, { database: 'shop', starts: new Map([['orders', now]]) })).close()
    })
    const sessions = openings(server).map(({ body }) => body.lsid.id.toString('hex'))
    expect(sessions).to.have.length(2)
    expect(new Set(sessions).size).to.equal(1)
  })

  it('ends its waiting when the run is aborted', async () => {
    withChanges()
    const abort = new AbortController()
    const settings = { await_time_ms: 60_000 }
    const problem = await following(server, { settings, signal: abort.signal }, async (stream) => {
      await nextOf(stream)
      setTimeout(() => abort.abort(new Error('enough')), 20)
      return stream.next().catch((cause: unknown) => cause)
    })
    expect(problem).to.have.property('message', 'enough')
  })

  it('reads the time of a token', () => {
    const time = (token: object) => {
      const found = tokenTime(Buffer.from(serialize(token)))
      return found && [found.t, found.i]
    }
    expect(time({ _data: '8265A1B2C3000000072B0229296E04' })).to.deep.equal([0x65a1b2c3, 7])
    expect(time({ _data: '82FFFFFFFFFFFFFFFF2B', _typeBits: new Binary(Buffer.alloc(1)) })).to.deep.equal([
      0xffffffff, 0xffffffff,
    ])
    expect(time({ _data: '0165A1B2C300000007' })).to.equal(undefined)
    expect(time({ _data: new Binary(Buffer.from('82')), _kind: new Int32(1) })).to.equal(undefined)
  })

  describe('of large events', () => {
    const large = { fragmentBytes: 400, keepsImages: true }
    const settings = { pre_images: 'when_available', batch_size: 1 }
    const padding = 'x'.repeat(300)

    it('joins what the server has split, and moves its token on behind the last fragment', () => {
      const changes = withChanges(large)
      return following(server, { settings }, async (stream) => {
        const { token: before } = await nextOf(stream)
        server.insert('shop', 'orders', { _id: 1, a: padding })
        await eventsOf(stream, 1)
        changes.update('shop', 'orders', { _id: 1, b: padding })
        const batches = await untilEvents(stream, 1)
        const [event] = batches.at(-1)?.events ?? []
        expect(batches.length).to.be.greaterThan(1)
        expect(new Set(batches.slice(0, -1).map(({ token }) => token?.toString('hex'))).size).to.equal(1)
        expect(batches.at(-1)?.token).not.to.deep.equal(before)
        expect(event?.fullDocument).to.deep.equal(Buffer.from(serialize({ _id: 1, b: padding })))
        expect(event?.before).to.deep.equal(Buffer.from(serialize({ _id: 1, a: padding })))
        expect(event && told(event)).to.equal('update orders 1')
      })
    })

    it('begins a split event again when the connection is lost within it', () => {
      const changes = withChanges(large)
      return following(server, { settings }, async (stream) => {
        server.insert('shop', 'orders', { _id: 1, a: padding })
        changes.update('shop', 'orders', { _id: 1, b: padding })
        await eventsOf(stream, 1)
        await nextOf(stream)
        server.closeConnections()
        const events = await eventsOf(stream, 1)
        expect(events.map(told)).to.deep.equal(['update orders 1'])
        expect(events[0]?.before).to.deep.equal(Buffer.from(serialize({ _id: 1, a: padding })))
      })
    })

    it('says what to do when an event is too large for a server that cannot split', async () => {
      withChanges({ fragmentBytes: 400, refuses: ['$changeStreamSplitLargeEvent'] })
      await following(server, {}, async (stream) => {
        server.insert('shop', 'orders', { _id: 1, a: 'x'.repeat(500) })
        const problem = await eventsOf(stream, 1).catch((cause: unknown) => cause)
        expect(problem)
          .to.have.property('message')
          .that.matches(/^follow the changes of shop\.orders: .*FULL_TABLE/)
      })
    })
  })

  describe('with images', () => {
    const cases: readonly (readonly [string, object, ChangesOptions, number | undefined, number | undefined])[] = [
      ['looks documents up', {}, {}, 3, undefined],
      ['takes post-images', { full_document: 'when_available' }, { keepsImages: true }, 2, undefined],
      ['takes post-images where there are any', { full_document: 'when_available' }, {}, undefined, undefined],
      ['takes pre-images', { pre_images: 'when_available' }, { keepsImages: true }, 3, 1],
      ['takes pre-images where there are any', { pre_images: 'when_available' }, {}, 3, undefined],
    ]
    for (const [title, settings, options, full, before] of cases) {
      it(title, () => {
        const changes = withChanges(options)
        server.insert('shop', 'orders', { _id: 7, a: 1 })
        return following(server, { settings: { ...settings } }, async (stream) => {
          changes.update('shop', 'orders', { _id: 7, a: 2 })
          server.replace('shop', 'orders', { _id: 7, a: 3 })
          const [event] = await eventsOf(stream, 2)
          const image = (a: number | undefined) => a && Buffer.from(serialize({ _id: 7, a }))
          expect(event?.fullDocument).to.deep.equal(image(full))
          expect(event?.before).to.deep.equal(image(before))
        })
      })
    }

    it('has none of a document that is gone by now', () => {
      const changes = withChanges()
      return following(server, {}, async (stream) => {
        server.insert('shop', 'orders', { _id: 1 })
        changes.update('shop', 'orders', { _id: 1, a: 1 })
        server.remove('shop', 'orders', 1)
        const [, update] = await eventsOf(stream, 3)
        expect(update?.operation).to.equal('update')
        expect(update?.fullDocument).to.equal(undefined)
        expect(update?.documentKey && idIn(update.documentKey)).to.equal(1)
      })
    })

    it('says what to do when required images are missing', () => {
      const changes = withChanges()
      return following(server, { settings: { full_document: 'required' } }, async (stream) => {
        changes.update('shop', 'orders', { _id: 1 })
        changes.update('shop', 'orders', { _id: 1, a: 1 })
        const problem = await eventsOf(stream, 2).catch((cause: unknown) => cause)
        expect(problem)
          .to.have.property('message')
          .that.matches(/set full_document to lookup/)
      })
    })
  })

  describe('whose history is lost', () => {
    it('fails when it opens', async () => {
      const changes = withChanges()
      const { token } = await following(server, {}, nextOf)
      changes.loseHistory()
      for (const start of [from(token), { kind: 'time', time: new Timestamp({ t: 1, i: 1 }) } as const]) {
        const problem = await following(server, { starts: { orders: start } }, nextOf).catch((cause: unknown) => cause)
        expect(problem).to.be.instanceOf(HistoryLostError)
        expect(problem)
          .to.have.property('message')
          .that.matches(/^open the change stream of shop\.orders: .*oplog/)
      }
    })

    it('fails while it is read', () => {
      const changes = withChanges()
      return following(server, {}, async (stream) => {
        await nextOf(stream)
        changes.loseHistory()
        const problem = await nextOf(stream).catch((cause: unknown) => cause)
        expect(problem).to.be.instanceOf(HistoryLostError)
        expect(problem)
          .to.have.property('message')
          .that.matches(/^follow the changes of shop\.orders: .*copy_again/)
      })
    })
  })
})
