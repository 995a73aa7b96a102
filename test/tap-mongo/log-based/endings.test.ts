import { expect } from 'chai'
import { bookmarkOf } from '../../../singer/state.js'
import { Refusal } from '../../support/mongo/refusal.js'
import { numbered, read, recordsOf, replicaOf, type Scene, stored, typesOf, withServer } from './following.js'

const endings: readonly { title: string; says: RegExp; end(scene: Scene): void }[] = [
  {
    title: 'dropped and made anew',
    says: /shop\.orders: the collection was dropped/,
    end({ server }) {
      server.drop('shop', 'orders')
      server.create('shop', 'orders')
    },
  },
  {
    title: 'renamed',
    says: /shop\.orders: the collection was renamed/,
    end: ({ changes }) => changes.change({ operation: 'rename', database: 'shop', collection: 'orders', to: 'old' }),
  },
  {
    title: 'replaced by another one that took its name',
    says: /shop\.orders: the collection was renamed, or another one was renamed to its name/,
    end: ({ changes }) => changes.change({ operation: 'rename', database: 'shop', collection: 'tmp', to: 'orders' }),
  },
]

describe('LOG_BASED: collections that end', () => {
  for (const { title, says, end } of endings) {
    it(`fails a stream whose collection was ${title}; the others go on, and the next run copies it anew`, () =>
      withServer({}, async (scene) => {
        const { server } = scene
        for (const name of ['orders', 'notes']) server.insert('shop', name, ...numbered(0, 2))
        const streams = ['orders', 'notes']
        const first = await read(server, { streams })
        server.insert('shop', 'orders', { _id: 2, v: 0 })
        end(scene)
        server.insert('shop', 'notes', { _id: 7, v: 0 })
        const second = await read(server, { streams, state: first.state })
        expect(second.problem).to.equal('1 of 2 streams failed: shop-orders')
        expect(second.log.lines.join('\n')).to.match(says)
        expect(recordsOf(second.messages, 'shop-orders').map(({ _id }) => _id)).to.deep.equal([2])
        expect(recordsOf(second.messages, 'shop-notes').map(({ _id }) => _id)).to.deep.equal([7])
        expect(bookmarkOf(second.state, 'shop-orders')).to.have.keys('version')

        server.drop('shop', 'orders')
        server.insert('shop', 'orders', { _id: 50, v: 0 })
        const third = await read(server, { streams, state: second.state })
        expect(third.problem).to.equal(undefined)
        expect(typesOf(third.messages).filter((type) => type === 'ACTIVATE_VERSION')).to.have.length(1)
        const sent = [...first.messages, ...second.messages, ...third.messages]
        expect(replicaOf(sent, 'shop-orders')).to.deep.equal(stored(server, 'orders'))
      }))
  }

  it('fails all streams of a database that was dropped, not those of others', () =>
    withServer({}, async ({ server, changes }) => {
      for (const name of ['a', 'b']) server.insert('shop', name, { _id: 1, v: 0 })
      server.insert('other', 'c', { _id: 1, v: 0 })
      const streams = ['a', 'b', 'other.c']
      const { state } = await read(server, { streams })
      changes.change({ operation: 'dropDatabase', database: 'shop', collection: '' })
      server.insert('other', 'c', { _id: 2, v: 0 })
      const { problem, messages } = await read(server, { streams, state })
      expect(problem).to.equal('2 of 3 streams failed: shop-a, shop-b')
      expect(recordsOf(messages).map(({ _id }) => _id)).to.deep.equal([2])
    }))

  it('ends a stream of a collection alone when it is invalidated', () =>
    withServer({ changes: { refuses: ['database'] } }, async ({ server }) => {
      for (const name of ['orders', 'notes']) server.insert('shop', name, { _id: 1, v: 0 })
      const streams = ['orders', 'notes']
      const { state } = await read(server, { streams })
      server.drop('shop', 'orders')
      server.insert('shop', 'notes', { _id: 2, v: 0 })
      const { problem, messages } = await read(server, { streams, state })
      expect(problem).to.equal('1 of 2 streams failed: shop-orders')
      expect(recordsOf(messages).map(({ _id }) => _id)).to.deep.equal([2])
    }))

  it('fails the streams of a database whose change stream is refused; those of others go on', () =>
    withServer({}, async ({ server }) => {
      for (const database of ['shop', 'other']) server.insert(database, 'orders', ...numbered(0, 2))
      server.handle('aggregate', ({ database }, next) => {
        if (database === 'shop') throw new Refusal(13, 'Unauthorized', 'not authorized on shop')
        return next()
      })
      const { problem, messages, log } = await read(server, { streams: ['shop.orders', 'other.orders'] })
      expect(problem).to.equal('1 of 2 streams failed: shop-orders')
      expect(log.lines.join('\n')).to.match(/shop.*not authorized/)
      expect(recordsOf(messages)).to.have.length(2)
    }))

  it('counts updates whose document is gone, and says so once', () =>
    withServer({}, async ({ server, changes }) => {
      server.insert('shop', 'orders', ...numbered(0, 3))
      const { state } = await read(server, { streams: ['orders'] })
      for (const id of [0, 1]) {
        changes.update('shop', 'orders', { _id: id, v: 1 })
        server.remove('shop', 'orders', id)
      }
      const { messages, log, problem } = await read(server, { streams: ['orders'], state })
      expect(problem).to.equal(undefined)
      expect(recordsOf(messages).map(({ _sdc_deleted_at: at }) => typeof at)).to.deep.equal(['string', 'string'])
      const said = log.lines.filter((line) => line.includes('updates came without their documents'))
      expect(said).to.have.length(1)
      expect(said[0]).to.match(/skipped.*2/)
    }))

  it('says that a view cannot be followed; the others go on', () =>
    withServer({}, async ({ server }) => {
      server.insert('shop', 'orders', { _id: 1, v: 0 })
      server.create('shop', 'seen', { viewOn: 'orders', pipeline: [] })
      const { problem, messages, log } = await read(server, { streams: ['seen', 'orders'] })
      expect(problem).to.equal('1 of 2 streams failed: shop-seen')
      expect(log.lines.join('\n')).to.match(/follow collection shop\.seen: a view .*choose FULL_TABLE/)
      expect(recordsOf(messages)).to.have.length(1)
    }))

  for (const [name, value] of [
    ['filter', { v: 1 }],
    ['projection', { secret: 0 }],
  ] as const) {
    it(`refuses a ${name}, which changes would not obey`, () =>
      withServer({}, async ({ server }) => {
        server.insert('shop', 'orders', { _id: 1, v: 0 })
        const settings = { streams: { 'shop-orders': { [name]: value } } }
        const { log, messages } = await read(server, { streams: ['orders'], settings })
        expect(log.lines.join('\n')).to.match(new RegExp(`a ${name} is not for LOG_BASED`))
        expect(recordsOf(messages)).to.deep.equal([])
      }))
  }

  it('says what to do with a standalone server', () =>
    withServer({ kind: 'standalone' }, async ({ server }) => {
      server.insert('shop', 'orders', { _id: 1, v: 0 })
      const { problem, messages } = await read(server, { streams: ['orders'] })
      expect(problem).to.match(/keeps no log.*rs\.initiate/)
      expect(messages).to.deep.equal([])
    }))

  it('fails a stream whose records cannot be written; its bookmark stays, the others go on', () =>
    withServer({}, async ({ server }) => {
      for (const name of ['orders', 'notes']) server.insert('shop', name, { _id: 1, v: 0 })
      const streams = ['orders', 'notes']
      const settings = { non_finite: 'error' }
      const first = await read(server, { streams, settings })
      server.insert('shop', 'orders', { _id: 2, v: Number.NaN })
      server.insert('shop', 'notes', { _id: 2, v: 1 })
      const { problem, state, messages } = await read(server, { streams, settings, state: first.state })
      expect(problem).to.equal('1 of 2 streams failed: shop-orders')
      expect(recordsOf(messages, 'shop-notes')).to.have.length(1)
      expect(bookmarkOf(state, 'shop-orders')).to.deep.equal(bookmarkOf(first.state, 'shop-orders'))
      const again = await read(server, { streams, state })
      expect(recordsOf(again.messages, 'shop-orders').map(({ _id, v }) => [_id, v])).to.deep.equal([[2, null]])
    }))
})
