import { expect } from 'chai'
import { ConnectionLostError, HistoryLostError } from '../../tap-mongo/failures.js'
import { recordedLog } from '../singer/recorded-log.js'
import { type ChangesOptions, changeStreams } from '../support/mongo/changes.js'
import { failure } from '../support/mongo/refusal.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Scripted } from '../support/mongo/types.js'
import { eventsOf, following, from, nextOf, now, openings, told, untilEvents } from './following.js'

describe('a change stream of a server that knows less', () => {
  let server: Scripted

  beforeEach(async () => {
    server = await startScripted()
  })

  afterEach(() => server.close())

  const stagesOf = (index: number) =>
    openings(server)
      .at(index)
      ?.body.pipeline.flatMap((stage: object) => Object.keys(stage))
      .join(' ')

  const lesser: readonly (readonly [NonNullable<ChangesOptions['refuses']>[number], string])[] = [
    ['$changeStreamSplitLargeEvent', '$changeStream $match $project'],
    ['$project', '$changeStream $match'],
  ]
  for (const [stage, accepted] of lesser) {
    it(`does without ${stage}`, () => {
      changeStreams(server, { refuses: [stage] })
      return following(server, {}, async (stream) => {
        server.insert('shop', 'orders', { _id: 1 })
        expect((await eventsOf(stream, 1)).map(told)).to.deep.equal(['insert orders 1'])
        expect(stagesOf(-1)).to.equal(accepted)
        const before = openings(server).length
        let left = 1
        server.answer = ({ name }) => (name === 'getMore' && left-- > 0 ? failure(43, 'CursorNotFound') : undefined)
        server.insert('shop', 'orders', { _id: 2 })
        expect((await eventsOf(stream, 1)).map(told)).to.deep.equal(['insert orders 2'])
        expect(openings(server)).to.have.length(before + 1)
        expect(stagesOf(-1)).to.equal(accepted)
      })
    })
  }

  it('resumes after its token where it cannot start after it', async () => {
    changeStreams(server, { refuses: ['startAfter'] })
    const { token } = await following(server, {}, nextOf)
    server.insert('shop', 'orders', { _id: 1 })
    server.commands.length = 0
    await following(server, { starts: { orders: from(token) } }, async (stream) => {
      expect((await eventsOf(stream, 1)).map(told)).to.deep.equal(['insert orders 1'])
      expect(openings(server).at(-1)?.body.pipeline[0].$changeStream).to.have.property('resumeAfter')
      expect(openings(server)).to.have.length(2)
      server.answer = ({ name }) => (name === 'getMore' ? failure(43, 'CursorNotFound') : undefined)
      await nextOf(stream)
      expect(openings(server)).to.have.length(3)
    })
  })

  it('says what it was refused when it is refused everything', async () => {
    server.answer = ({ name }) =>
      name === 'aggregate'
        ? failure(40573, 'Location40573', 'The $changeStream stage is only supported on replica sets')
        : undefined
    const problem = await following(server, {}, nextOf).catch((cause: unknown) => cause)
    expect(problem)
      .to.have.property('message')
      .that.matches(/^open the change stream of shop\.orders: .*replica sets; .*read this stream as FULL_TABLE/)
  })

  it('fails rather than leave out the images that it was told to ask for', async () => {
    changeStreams(server, { refuses: ['fullDocumentBeforeChange'] })
    const problem = await following(server, { settings: { pre_images: 'when_available' } }, nextOf).catch(
      (cause: unknown) => cause,
    )
    expect(problem).to.have.property('message').that.contains("'$changeStream.fullDocumentBeforeChange' is an unknown")
  })

  it('is not asked for less when it fails for another reason', async () => {
    server.answer = ({ name }) => (name === 'aggregate' ? failure(1, 'InternalError', 'out of order') : undefined)
    const problem = await following(server, {}, nextOf).catch((cause: unknown) => cause)
    expect(problem).to.have.property('message', 'open the change stream of shop.orders: out of order')
    expect(openings(server)).to.have.length(1)
  })

  describe('that watches no databases', () => {
    const starts = { orders: now, people: now }

    it('gives each collection a token of its own', () => {
      changeStreams(server, { refuses: ['database'] })
      return following(server, { starts }, async (stream) => {
        const first = [await nextOf(stream), await nextOf(stream)]
        expect(first.map(({ collections }) => collections)).to.deep.equal([['orders'], ['people']])
        server.insert('shop', 'people', { _id: 1 })
        server.insert('shop', 'orders', { _id: 2 })
        expect((await eventsOf(stream, 2)).map(told)).to.have.members(['insert people 1', 'insert orders 2'])
      })
    })

    it('is asked by collection, too, where the user may not read the database', () => {
      changeStreams(server)
      server.answer = ({ name, body }) =>
        name === 'aggregate' && body.aggregate !== 'orders' ? failure(13, 'Unauthorized') : undefined
      return following(server, {}, async (stream) => {
        server.insert('shop', 'orders', { _id: 2 })
        expect((await eventsOf(stream, 1)).map(told)).to.deep.equal(['insert orders 2'])
      })
    })

    it('goes on with the others when one is dropped, until all are', () => {
      changeStreams(server, { refuses: ['database'] })
      server.create('shop', 'orders')
      server.create('shop', 'people')
      return following(server, { starts }, async (stream) => {
        server.drop('shop', 'orders')
        const batches = await eventsOf(stream, 2)
        expect(batches.map(told)).to.deep.equal(['drop orders', 'invalidate'])
        server.insert('shop', 'people', { _id: 1 })
        expect((await eventsOf(stream, 1)).map(told)).to.deep.equal(['insert people 1'])
        server.drop('shop', 'people')
        await eventsOf(stream, 2)
        expect(await stream.next()).to.equal(undefined)
      })
    })

    it('leaves no cursor behind when one of them cannot be opened', async () => {
      changeStreams(server, { refuses: ['database'] })
      server.answer = ({ name, body }) =>
        name === 'aggregate' && body.aggregate === 'people' ? failure(13, 'Unauthorized', 'not for you') : undefined
      const problem = await following(server, { starts }, nextOf).catch((cause: unknown) => cause)
      expect(problem)
        .to.have.property('message')
        .that.matches(/open the change stream of shop\.orders, shop\.people/)
      expect(problem).to.have.property('message').that.contains('not for you')
      expect(server.openCursors).to.equal(0)
    })

    it('goes on behind an invalidate', async () => {
      changeStreams(server, { refuses: ['database'] })
      server.create('shop', 'orders')
      const token = await following(server, {}, async (stream) => {
        await nextOf(stream)
        server.drop('shop', 'orders')
        return (await nextOf(stream)).token
      })
      server.insert('shop', 'orders', { _id: 1 })
      await following(server, { starts: { orders: from(token) } }, async (stream) => {
        expect((await eventsOf(stream, 1)).map(told)).to.deep.equal(['insert orders 1'])
      })
    })
  })

  describe('DocumentDB', () => {
    const settings = { enable_documentdb_change_streams: true }

    it('says which setting switches its change streams on', async () => {
      changeStreams(server, { kind: 'documentdb' })
      const problem = await following(server, {}, nextOf).catch((cause: unknown) => cause)
      expect(problem).to.have.property('name', 'SourceError')
      expect(problem).to.have.property('message').that.contains('set enable_documentdb_change_streams')
    })

    it('says so when it may not switch them on', async () => {
      changeStreams(server, { kind: 'documentdb' })
      server.answer = ({ name }) => (name === 'modifyChangeStreams' ? failure(13, 'Unauthorized') : undefined)
      const problem = await following(server, { settings }, nextOf).catch((cause: unknown) => cause)
      expect(problem)
        .to.have.property('message')
        .that.matches(/switch the change stream of shop\.orders on: Unauthorized/)
    })

    it('switches them on when it is told to', () => {
      changeStreams(server, { kind: 'documentdb' })
      return following(server, { settings, starts: { orders: now, people: now } }, async (stream) => {
        server.insert('shop', 'people', { _id: 1 })
        expect((await eventsOf(stream, 1)).map(told)).to.deep.equal(['insert people 1'])
        const switched = server.commands.filter(({ name }) => name === 'modifyChangeStreams')
        expect(
          switched.map(({ database, body: { collection, enable } }) => ({ database, collection, enable })),
        ).to.deep.equal([
          { database: 'admin', collection: 'orders', enable: true },
          { database: 'admin', collection: 'people', enable: true },
        ])
      })
    })

    it('has no token before its first event, but a time to start from', async () => {
      changeStreams(server, { kind: 'documentdb' })
      const time = await following(server, { settings }, async (stream) => {
        await nextOf(stream)
        server.insert('shop', 'other', { _id: 1 })
        const batch = await nextOf(stream)
        expect(batch.token).to.equal(undefined)
        expect(batch.time?.toString()).to.equal(server.operationTime.toString())
        return batch.time ?? server.tick()
      })
      server.insert('shop', 'orders', { _id: 2 })
      const token = await following(server, { starts: { orders: { kind: 'time', time } } }, async (stream) => {
        expect((await eventsOf(stream, 1)).map(told)).to.deep.equal(['insert orders 2'])
        return (await nextOf(stream)).token
      })
      server.insert('shop', 'orders', { _id: 3 })
      await following(server, { starts: { orders: from(token) } }, async (stream) => {
        expect((await eventsOf(stream, 1)).map(told)).to.deep.equal(['insert orders 3'])
      })
    })

    it('has lost its history when it calls the token invalid', async () => {
      const changes = changeStreams(server, { kind: 'documentdb' })
      const token = await following(server, { settings }, async (stream) => {
        server.insert('shop', 'orders', { _id: 1 })
        await eventsOf(stream, 1)
        return (await nextOf(stream)).token
      })
      changes.loseHistory()
      const problem = await following(server, { starts: { orders: from(token) } }, nextOf).catch(
        (cause: unknown) => cause,
      )
      expect(problem).to.be.instanceOf(HistoryLostError)
    })
  })

  it('takes from Cosmos DB what it has: documents as they are now', async () => {
    changeStreams(server, { kind: 'cosmos' })
    const log = recordedLog()
    const token = await following(server, { log }, async (stream) => {
      server.insert('shop', 'orders', { _id: 1 })
      server.remove('shop', 'orders', 1)
      server.insert('shop', 'orders', { _id: 2 })
      const batches = await untilEvents(stream, 2)
      const events = batches.flatMap((batch) => batch.events)
      expect(events.map(told)).to.deep.equal(['replace orders 1', 'replace orders 2'])
      expect(batches.at(-1)?.time).to.equal(undefined)
      const { token, time } = await nextOf(stream)
      expect(time?.toString()).to.equal(server.operationTime.toString())
      return token
    })
    expect(log.lines.filter((line) => line.includes('do not tell of deletes'))).to.have.length(1)
    server.insert('shop', 'orders', { _id: 3 })
    await following(server, { starts: { orders: from(token) } }, async (stream) => {
      expect((await eventsOf(stream, 1)).map(told)).to.deep.equal(['replace orders 3'])
    })
  })

  it('is not asked without a pause where it never waits', () => {
    changeStreams(server, { kind: 'vcore' })
    return following(server, { settings: { await_time_ms: 100 } }, async (stream) => {
      const begin = performance.now()
      for (let i = 0; i < 4; i++) await nextOf(stream)
      expect(performance.now() - begin).to.be.within(190, 1000)
      server.insert('shop', 'orders', { _id: 1 })
      expect((await eventsOf(stream, 1)).map(told)).to.deep.equal(['insert orders 1'])
    })
  })

  it('finds its cursor among several routers', async () => {
    const hello = { msg: 'isdbgrid', setName: undefined, hosts: undefined, primary: undefined, me: undefined }
    const routers = [await startScripted({ hello }), await startScripted({ hello })]
    try {
      for (const router of routers) changeStreams(router)
      const uri = `mongodb://${routers.map(({ port }) => `127.0.0.1:${port}`).join()}`
      await following({ uri }, {}, async (stream) => {
        for (let id = 1; id <= 20; id++) {
          for (const router of routers) router.insert('shop', 'orders', { _id: id })
          expect((await eventsOf(stream, 1)).map(told)).to.deep.equal([`insert orders ${id}`])
        }
      })
      expect(routers.flatMap(openings)).to.have.length(1)
    } finally {
      for (const router of routers) await router.close()
    }
  })

  it('is given up when it is away', async () => {
    const { uri } = server
    changeStreams(server)
    const problem = await following(
      { uri: `${uri}/?serverSelectionTimeoutMS=500` },
      { pace: { attempts: 2 } },
      async (stream) => {
        await nextOf(stream)
        await server.close()
        return nextOf(stream).catch((cause: unknown) => cause)
      },
    )
    expect(problem).to.be.instanceOf(ConnectionLostError)
    server = await startScripted()
  })
})
