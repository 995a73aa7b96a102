import { expect } from 'chai'
import { bookmarkOf } from '../../../singer/state.js'
import {
  numbered,
  type Reading,
  read,
  recordsOf,
  replicaOf,
  states,
  stored,
  tokenTime,
  typesOf,
  withServer,
} from './following.js'

const slices: Pick<Reading, 'settings' | 'pace'> = {
  settings: { batch_size: 2, copy_slice_seconds: 0 },
  pace: { stateRows: 1 },
}

describe('LOG_BASED: tokens and copies', () => {
  it('keeps a token before the copy begins', () =>
    withServer({}, async ({ server }) => {
      server.insert('shop', 'orders', ...numbered(0, 3))
      const { messages, state } = await read(server, { streams: ['orders'] })
      expect(typesOf(messages).slice(0, 3)).to.deep.equal(['SCHEMA', 'ACTIVATE_VERSION', 'STATE'])
      const [first] = states(messages)
      expect(bookmarkOf(first ?? {}, 'shop-orders')).to.have.keys('version', 'resume_token', 'resume_token_time')
      const last = bookmarkOf(state, 'shop-orders')
      expect(last).to.have.keys('version', 'resume_token', 'resume_token_time', 'initial_full_table_complete')
      expect(state.currently_syncing).to.equal(null)
    }))

  it('copies a collection once: the next run sends only what has changed', () =>
    withServer({}, async ({ server, changes }) => {
      server.insert('shop', 'orders', ...numbered(0, 3))
      const { state, messages } = await read(server, { streams: ['orders'] })
      server.insert('shop', 'orders', { _id: 3, v: 0 })
      server.replace('shop', 'orders', { _id: 0, v: 1 })
      changes.update('shop', 'orders', { _id: 1, v: 2 })
      server.remove('shop', 'orders', 2)
      const next = await read(server, { streams: ['orders'], state })
      expect(recordsOf(next.messages).map(({ _id, v }) => [_id, v])).to.deep.equal([
        [3, 0],
        [0, 1],
        [1, 2],
        [2, undefined],
      ])
      expect(replicaOf([...messages, ...next.messages], 'shop-orders')).to.deep.equal(stored(server, 'orders'))
      expect(typesOf(next.messages)).not.to.include('ACTIVATE_VERSION')
    }))

  it('says when a document was deleted, by the time of the log', () =>
    withServer({}, async ({ server }) => {
      server.insert('shop', 'orders', { _id: 1, v: 0 })
      const { state } = await read(server, { streams: ['orders'] })
      server.remove('shop', 'orders', 1)
      const { messages } = await read(server, { streams: ['orders'], state })
      const [{ _id, _sdc_deleted_at: at } = {}] = recordsOf(messages)
      expect([_id, Date.parse(String(at))]).to.deep.equal([1, server.operationTime.t * 1000])
    }))

  it('sends the old document with its deletion when the server has it', () =>
    withServer({ changes: { keepsImages: true } }, async ({ server }) => {
      server.insert('shop', 'orders', { _id: 1, v: 7 })
      const settings = { pre_images: 'when_available' }
      const { state } = await read(server, { streams: ['orders'], settings })
      server.remove('shop', 'orders', 1)
      const { messages } = await read(server, { streams: ['orders'], settings, state })
      expect(recordsOf(messages).map(({ _id, v }) => [_id, v])).to.deep.equal([[1, 7]])
    }))

  it('sends what changes during the copy, in the order in which the newest comes last', () =>
    withServer({}, async ({ server, changes }) => {
      server.insert('shop', 'orders', ...numbered(0, 10))
      let records = 0
      const { messages } = await read(server, {
        ...slices,
        streams: ['orders'],
        each({ type }) {
          if (type !== 'RECORD' || ++records !== 3) return
          server.replace('shop', 'orders', { _id: 0, v: 1 })
          server.replace('shop', 'orders', { _id: 9, v: 1 })
          changes.update('shop', 'orders', { _id: 8, v: 1 })
          server.remove('shop', 'orders', 7)
          server.insert('shop', 'orders', { _id: 10, v: 1 })
        },
      })
      expect(replicaOf(messages, 'shop-orders')).to.deep.equal(stored(server, 'orders'))
    }))

  it('moves the token on while a copy is under way', () =>
    withServer({}, async ({ server, changes }) => {
      server.insert('shop', 'orders', ...numbered(0, 10))
      const { messages } = await read(server, { ...slices, streams: ['orders'], each: () => void changes.advance() })
      const underWay = states(messages).filter((state) => bookmarkOf(state, 'shop-orders').last_pk_fetched)
      const times = new Set(underWay.map((state) => tokenTime(state, 'shop-orders')))
      expect(underWay.length).to.be.greaterThan(4)
      expect(times.size).to.be.greaterThan(4)
    }))

  it('copies a collection that was selected later, and all of a database share a token afterwards', () =>
    withServer({}, async ({ server }) => {
      for (const name of ['a', 'b', 'c']) server.insert('shop', name, ...numbered(0, 2))
      const { state } = await read(server, { streams: ['a', 'b'] })
      server.insert('shop', 'a', { _id: 9, v: 0 })
      const { messages, state: after } = await read(server, { streams: ['a', 'b', 'c'], state })
      expect(recordsOf(messages, 'shop-a').map(({ _id }) => _id)).to.deep.equal([9])
      expect(recordsOf(messages, 'shop-b')).to.deep.equal([])
      expect(recordsOf(messages, 'shop-c').map(({ _id }) => _id)).to.deep.equal([0, 1])
      const tokens = ['shop-a', 'shop-b', 'shop-c'].map((id) => JSON.stringify(bookmarkOf(after, id).resume_token))
      expect(new Set(tokens).size).to.equal(1)
    }))

  for (const [title, bookmark] of [
    ['FULL_TABLE', { initial_full_table_complete: true }],
    ['an interrupted FULL_TABLE', { version: 5, max_pk_values: { _id: 1 }, last_pk_fetched: { _id: 0 } }],
    ['INCREMENTAL', { replication_key: '_id', replication_key_value: 1 }],
  ] as const) {
    it(`copies the whole collection after ${title}`, () =>
      withServer({}, async ({ server }) => {
        server.insert('shop', 'orders', ...numbered(0, 3))
        const given = { bookmarks: { 'shop-orders': bookmark, other: { kept: 1 } } }
        const { messages, state } = await read(server, { streams: ['orders'], state: given })
        expect(recordsOf(messages).map(({ _id }) => _id)).to.deep.equal([0, 1, 2])
        expect(typesOf(messages).filter((type) => type === 'ACTIVATE_VERSION')).to.have.length(1)
        expect(bookmarkOf(state, 'other')).to.deep.equal({ kept: 1 })
        expect(bookmarkOf(state, 'shop-orders')).not.to.have.any.keys('replication_key', 'last_pk_fetched')
      }))
  }
})
