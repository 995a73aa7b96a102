import { Long } from 'bson'
import { expect } from 'chai'
import { ConnectionLostError } from '../../tap-mongo/failures.js'
import { recordedLog } from '../singer/recorded-log.js'
import { changeStreams } from '../support/mongo/changes.js'
import { failure } from '../support/mongo/refusal.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Answer, Command, Scripted } from '../support/mongo/types.js'
import { eventsOf, following, nextOf, openings, told, untilEvents } from './following.js'

describe('a change stream that is interrupted', () => {
  let server: Scripted

  beforeEach(async () => {
    server = await startScripted()
  })

  afterEach(() => server.close())

  /** Answers so the first commands of this name. */
  const answerFirst = (name: string, answer: Answer, times = 1) => {
    let left = times
    server.answer = (command: Command) => (command.name === name && left-- > 0 ? answer : undefined)
  }

  const resumable = { errorLabels: ['ResumableChangeStreamError'] }
  const ended = { cursor: { id: Long.ZERO, ns: 'shop.$cmd.aggregate', nextBatch: [] }, ok: 1 }
  const interruptions: readonly (readonly [string, Answer])[] = [
    ['the cursor is gone', failure(43, 'CursorNotFound')],
    ['the cursor was killed', failure(237, 'CursorKilled')],
    ['a primary is being elected', failure(10107, 'NotWritablePrimary', 'not primary', resumable)],
    ['the server says that it may be resumed', failure(8, 'UnknownError', 'something', resumable)],
    ['the connection is lost', 'drop'],
    ['the connection is lost in the middle of a reply', 'cut'],
    ['the server ends the cursor', { reply: ended }],
  ]
  for (const [title, answer] of interruptions) {
    it(`goes on from its token when ${title}`, async () => {
      changeStreams(server)
      const log = recordedLog()
      await following(server, { log }, async (stream) => {
        server.insert('shop', 'orders', { _id: 1 })
        const { token } = (await untilEvents(stream, 1)).at(-1) ?? {}
        answerFirst('getMore', answer)
        server.insert('shop', 'orders', { _id: 2 })
        server.insert('shop', 'orders', { _id: 3 })
        expect((await eventsOf(stream, 2)).map(told)).to.deep.equal(['insert orders 2', 'insert orders 3'])
        const [, again, ...others] = openings(server)
        expect(others).to.deep.equal([])
        expect(token?.toString('latin1')).to.contain(again?.body.pipeline[0].$changeStream.startAfter._data)
      })
      expect(log.lines.filter((line) => line.includes('going on from the last token'))).to.have.length(1)
    })
  }

  it('fails when it was opened so often without any progress', () => {
    changeStreams(server)
    return following(server, { pace: { attempts: 4 } }, async (stream) => {
      await nextOf(stream)
      answerFirst('getMore', 'drop', 100)
      const reading = async () => {
        for (;;) await nextOf(stream)
      }
      const problem = await reading().catch((cause: unknown) => cause)
      expect(problem).to.be.instanceOf(ConnectionLostError)
      expect(openings(server)).to.have.length(4)
    })
  })

  it('fails when it cannot be opened again', () => {
    changeStreams(server)
    return following(server, { pace: { attempts: 4 } }, async (stream) => {
      await nextOf(stream)
      server.answer = ({ name }) => (/getMore|aggregate/.test(name) ? failure(91, 'ShutdownInProgress') : undefined)
      const problem = await nextOf(stream).catch((cause: unknown) => cause)
      expect(problem).to.be.instanceOf(ConnectionLostError)
      expect(openings(server)).to.have.length(4)
    })
  })

  it('asks for no less than before when an event is too large for it', async () => {
    changeStreams(server)
    server.answer = ({ name }) => (name === 'aggregate' ? failure(10334, 'BSONObjectTooLarge') : undefined)
    const problem = await following(server, {}, nextOf).catch((cause: unknown) => cause)
    expect(String(problem)).to.include('larger than 16 MB')
    expect(openings(server)).to.have.length(1)
  })

  it('goes on however often it is interrupted as long as there is progress', () => {
    changeStreams(server)
    return following(server, { pace: { attempts: 2 } }, async (stream) => {
      await nextOf(stream)
      for (let id = 1; id <= 6; id++) {
        answerFirst('getMore', failure(43, 'CursorNotFound'))
        // Either the new cursor brings the event, or it is what comes behind it.
        if (id % 2 === 0) await nextOf(stream)
        server.insert('shop', 'orders', { _id: id })
        expect((await eventsOf(stream, 1)).map(told)).to.deep.equal([`insert orders ${id}`])
      }
    })
  })

  it('opens although the first attempts are lost', () => {
    changeStreams(server)
    answerFirst('aggregate', failure(91, 'ShutdownInProgress'), 3)
    return following(server, {}, async (stream) => {
      expect((await nextOf(stream)).token).not.to.equal(undefined)
    })
  })

  it('fails at once for what a new attempt cannot mend', () => {
    changeStreams(server)
    return following(server, {}, async (stream) => {
      await nextOf(stream)
      answerFirst('getMore', failure(13, 'Unauthorized', 'not authorized on shop'))
      const problem = await nextOf(stream).catch((cause: unknown) => cause)
      expect(problem)
        .to.have.property('message')
        .that.matches(/^follow the changes of shop\.orders: not authorized/)
      expect(openings(server)).to.have.length(1)
    })
  })

  it('loses nothing when it is interrupted before the server has given a token', () => {
    changeStreams(server, { kind: 'documentdb' })
    const settings = { enable_documentdb_change_streams: true }
    return following(server, { settings }, async (stream) => {
      expect((await nextOf(stream)).token).to.equal(undefined)
      answerFirst('getMore', 'drop')
      server.insert('shop', 'orders', { _id: 1 })
      expect((await eventsOf(stream, 1)).map(told)).to.deep.equal(['insert orders 1'])
    })
  })

  it('passes nothing by when the first reply behind an interruption has neither events nor a token', () => {
    changeStreams(server, { kind: 'documentdb' })
    server.handle('aggregate', (command, next) => {
      command.body.cursor.batchSize = 0
      return next()
    })
    const settings = { enable_documentdb_change_streams: true }
    return following(server, { settings }, async (stream) => {
      await nextOf(stream)
      answerFirst('getMore', 'drop')
      server.insert('shop', 'orders', { _id: 1 })
      expect((await nextOf(stream)).events.map(told)).to.deep.equal(['insert orders 1'])
    })
  })

  it('ends its waiting for a new attempt when the run is aborted', async () => {
    changeStreams(server)
    const abort = new AbortController()
    const given = { signal: abort.signal, pace: { firstWaitMs: 60_000 } }
    const problem = await following(server, given, async (stream) => {
      await nextOf(stream)
      answerFirst('getMore', failure(43, 'CursorNotFound'), 100)
      setTimeout(() => abort.abort(new Error('enough')), 50)
      const reading = async () => {
        for (;;) await nextOf(stream)
      }
      return reading().catch((cause: unknown) => cause)
    })
    expect(problem).to.have.property('message', 'enough')
    expect(openings(server)).to.have.length(2)
  })
})
