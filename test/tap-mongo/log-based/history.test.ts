import { expect } from 'chai'
import { bookmarkOf } from '../../../singer/state.js'
import { Refusal } from '../../support/mongo/refusal.js'
import type { Scripted } from '../../support/mongo/types.js'
import { numbered, type Read, read, recordsOf, replicaOf, stored, typesOf, withServer } from './following.js'

const lost: readonly [number, string, string][] = [
  [286, 'ChangeStreamHistoryLost', 'the resume point may no longer be in the oplog'],
  [136, 'CappedPositionLost', 'CollectionScan died due to position in capped collection being deleted'],
  [280, 'ChangeStreamFatalError', 'cannot resume stream; the resume token was not found'],
  [9, 'FailedToParse', 'Invalid resume token'],
]

describe('LOG_BASED: a log that no longer reaches back', () => {
  for (const [code, name, text] of lost) {
    it(`${code} ${name}: the stream fails and the message says what to do`, () =>
      withServer({}, async ({ server }) => {
        const first = await copied(server)
        refuseTokens(server, new Refusal(code, name, text))
        const { problem, log, state } = await read(server, { streams: ['orders'], state: first.state })
        expect(problem).to.equal('1 of 1 streams failed: shop-orders')
        expect(log.lines.join('\n')).to.match(/no longer reaches back .*set on_history_lost to copy_again/)
        expect(bookmarkOf(state, 'shop-orders')).to.deep.equal(bookmarkOf(first.state, 'shop-orders'))
      }))

    it(`${code} ${name}: on_history_lost "copy_again" copies the collection under a new version`, () =>
      withServer({}, async ({ server }) => {
        const first = await copied(server)
        server.remove('shop', 'orders', 1)
        refuseTokens(server, new Refusal(code, name, text))
        const settings = { on_history_lost: 'copy_again' }
        const { problem, messages, state } = await read(server, { streams: ['orders'], state: first.state, settings })
        expect(problem).to.equal(undefined)
        expect(recordsOf(messages).map(({ _id }) => _id)).to.deep.equal([0, 2])
        expect(typesOf(messages).filter((type) => type === 'ACTIVATE_VERSION')).to.have.length(1)
        expect(Number(bookmarkOf(state, 'shop-orders').version)).to.be.greaterThan(
          Number(bookmarkOf(first.state, 'shop-orders').version),
        )
        expect(replicaOf([...first.messages, ...messages], 'shop-orders')).to.deep.equal(stored(server, 'orders'))
      }))
  }

  it('fails or copies only the streams whose token is lost', () =>
    withServer({}, async ({ server, changes }) => {
      for (const name of ['old', 'new']) server.insert('shop', name, { _id: 1, v: 0 })
      const { state: before } = await read(server, { streams: ['old'] })
      const time = changes.advance()
      const { state } = await read(server, { streams: ['new'], state: before })
      server.insert('shop', 'new', { _id: 2, v: 0 })
      changes.loseHistory(time)
      const { problem, messages } = await read(server, { streams: ['old', 'new'], state })
      expect(problem).to.equal('1 of 2 streams failed: shop-old')
      expect(recordsOf(messages).map(({ _id }) => _id)).to.deep.equal([2])
    }))

  it('finds out which of several tokens is lost', () =>
    withServer({ changes: { refuses: ['database'] } }, async ({ server }) => {
      for (const name of ['orders', 'notes']) server.insert('shop', name, { _id: 1, v: 0 })
      const streams = ['orders', 'notes']
      const { state } = await read(server, { streams })
      server.insert('shop', 'notes', ...numbered(2, 5))
      let isLost = false
      const refusal = new Refusal(286, 'ChangeStreamHistoryLost', 'the resume point may no longer be in the oplog')
      server.handle('getMore', ({ body }, next) => {
        isLost ||= body.collection === 'orders'
        if (body.collection === 'orders') throw refusal
        return next()
      })
      server.handle('aggregate', ({ body }, next) => {
        if (body.aggregate === 'orders' && isLost) throw refusal
        return next()
      })
      const { problem, messages } = await read(server, { streams, state })
      expect(isLost).to.equal(true)
      expect(problem).to.equal('1 of 2 streams failed: shop-orders')
      expect(recordsOf(messages).map(({ _id }) => _id)).to.deep.equal([2, 3, 4])
    }))

  it('begins at start_at_operation_time instead of the token, once', () =>
    withServer({}, async ({ server }) => {
      const { state } = await copied(server)
      server.replace('shop', 'orders', { _id: 0, v: 1 })
      const { t, i } = server.operationTime
      server.replace('shop', 'orders', { _id: 0, v: 2 })
      const { state: caughtUp } = await read(server, { streams: ['orders'], state })
      const settings = { start_at_operation_time: `${t}.${i}` }
      const again = await read(server, { streams: ['orders'], state: caughtUp, settings })
      expect(recordsOf(again.messages).map(({ v }) => v)).to.deep.equal([1, 2])
      const third = await read(server, { streams: ['orders'], state: again.state, settings })
      expect(recordsOf(third.messages)).to.deep.equal([])
    }))

  for (const bookmark of [{ resume_token_time: { t: -5, i: 1 } }, { oplog_ts_time: 1.5, oplog_ts_inc: 1 }]) {
    it(`says what to do with a state whose time is none: ${JSON.stringify(bookmark)}`, () =>
      withServer({}, async ({ server }) => {
        server.insert('shop', 'orders', ...numbered(0, 2))
        const state = { bookmarks: { 'shop-orders': { ...bookmark, last_replication_method: 'LOG_BASED' } } }
        const { log, messages } = await read(server, { streams: ['orders'], state })
        expect(log.lines.join('\n')).to.match(/its time of the log is none; run without this bookmark/)
        expect(recordsOf(messages)).to.deep.equal([])
      }))
  }

  it('warns of a bookmark that is ahead of the log of the server', () =>
    withServer({}, async ({ server }) => {
      server.insert('shop', 'orders', ...numbered(0, 2))
      const { state, log: first } = await read(server, { streams: ['orders'] })
      expect(first.lines.join('\n')).not.to.contain('ahead of the log')
      const bookmark = { ...bookmarkOf(state, 'shop-orders'), resume_token_time: { t: 4_000_000_000, i: 1 } }
      const ahead = { bookmarks: { 'shop-orders': bookmark } }
      const { log } = await read(server, { streams: ['orders'], state: ahead })
      expect(log.lines.join('\n')).to.match(/ahead of the log.*shop-orders.*2096/)
    }))
})

async function copied(server: Scripted): Promise<Read> {
  server.insert('shop', 'orders', ...numbered(0, 3))
  const first = await read(server, { streams: ['orders'] })
  server.tick()
  return first
}

/** Tokens that were given before. */
function refuseTokens(server: Scripted, refusal: Refusal): void {
  let isRefused = true
  server.handle('aggregate', ({ body }, next) => {
    const stage = body.pipeline?.[0]?.$changeStream
    if (stage && !(stage.startAfter || stage.resumeAfter)) isRefused = false
    if (stage && isRefused) throw refusal
    return next()
  })
}
