import { expect } from 'chai'
import { Refusal } from '../../support/mongo/refusal.js'
import type { Scripted } from '../../support/mongo/types.js'
import { numbered, read, recordsOf, withServer } from './following.js'

const streams = ['orders', 'secret', 'notes']

describe('LOG_BASED: a collection that cannot be followed', () => {
  it('does not keep the others of its database from beginning', () =>
    withServer({}, async ({ server }) => {
      for (const name of streams) server.insert('shop', name, ...numbered(0, 2))
      forbid(server, 'secret')
      const { problem, messages, log, state } = await read(server, { streams })
      expect(problem).to.equal('1 of 3 streams failed: shop-secret')
      expect(log.lines.join('\n')).to.match(/shop\.secret: not authorized/)
      for (const name of ['shop-orders', 'shop-notes']) expect(recordsOf(messages, name)).to.have.length(2)
      server.insert('shop', 'notes', { _id: 5, v: 0 })
      const next = await read(server, { streams, state })
      expect(next.problem).to.equal('1 of 3 streams failed: shop-secret')
      expect(recordsOf(next.messages).map(({ _id }) => _id)).to.deep.equal([5])
    }))

  it('does not keep the others of its database from going on', () =>
    withServer({ changes: { refuses: ['database'] } }, async ({ server }) => {
      for (const name of streams) server.insert('shop', name, ...numbered(0, 2))
      const { state } = await read(server, { streams })
      forbid(server, 'secret')
      for (const name of streams) server.insert('shop', name, { _id: 5, v: 0 })
      const { problem, messages } = await read(server, { streams, state })
      expect(problem).to.equal('1 of 3 streams failed: shop-secret')
      for (const name of ['shop-orders', 'shop-notes']) expect(recordsOf(messages, name)).to.have.length(1)
    }))

  it('fails alone for an event that is too large for the server', () =>
    withServer({ changes: { refuses: ['$changeStreamSplitLargeEvent'], fragmentBytes: 1000 } }, async ({ server }) => {
      for (const name of streams) server.insert('shop', name, ...numbered(0, 2))
      const { state } = await read(server, { streams })
      server.insert('shop', 'secret', { _id: 5, v: 'x'.repeat(2000) })
      for (const name of ['orders', 'notes']) server.insert('shop', name, { _id: 5, v: 0 })
      const { problem, messages } = await read(server, { streams, state })
      expect(problem).to.equal('1 of 3 streams failed: shop-secret')
      for (const name of ['shop-orders', 'shop-notes']) expect(recordsOf(messages, name)).to.have.length(1)
    }))
})

/** The user may read the other collections, but not the database as a whole. */
function forbid(server: Scripted, collection: string): void {
  server.forbidden.add(`shop.${collection}`)
  server.handle('aggregate', ({ body }, next) => {
    if (body.aggregate === collection || typeof body.aggregate !== 'string') {
      throw new Refusal(13, 'Unauthorized', 'not authorized on shop to execute command')
    }
    return next()
  })
}
