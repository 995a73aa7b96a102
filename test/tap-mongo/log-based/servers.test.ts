import { expect } from 'chai'
import { bookmarkOf } from '../../../singer/state.js'
import type { ChangesOptions } from '../../support/mongo/changes.js'
import { numbered, read, recordsOf, replicaOf, stored, withServer } from './following.js'

const kinds: readonly [title: string, changes: ChangesOptions, settings?: { [name: string]: boolean }][] = [
  ['a server with change streams of databases', {}],
  ['a server with change streams of collections alone', { refuses: ['database'] }],
  ['a server without startAfter and splitting', { refuses: ['startAfter', '$changeStreamSplitLargeEvent'] }],
  ['DocumentDB', { kind: 'documentdb' }, { enable_documentdb_change_streams: true }],
  ['Azure DocumentDB', { kind: 'vcore' }],
]

describe('LOG_BASED: servers', () => {
  for (const [title, changes, settings = {}] of kinds) {
    it(`follows collections of two databases on ${title}`, () =>
      withServer({ changes }, async ({ server, changes: written }) => {
        const names = ['shop.orders', 'shop.notes', 'other.orders'] as const
        for (const name of names) server.insert(...place(name), ...numbered(0, 3))
        const first = await read(server, { streams: names, settings })
        const quiet = await read(server, { streams: names, settings, state: first.state })
        expect(recordsOf(quiet.messages)).to.deep.equal([])
        for (const name of names) {
          server.insert(...place(name), { _id: 5, v: 1 })
          written.update(...place(name), { _id: 1, v: 2 })
          server.remove(...place(name), 2)
        }
        const third = await read(server, { streams: names, settings, state: quiet.state })
        expect(third.problem).to.equal(undefined)
        // A time, where there is no token yet, includes what happened at it.
        expect(recordsOf(third.messages)).to.have.length.within(9, 10)
        const fourth = await read(server, { streams: names, settings, state: third.state })
        expect(recordsOf(fourth.messages)).to.deep.equal([])
        for (const name of names) {
          const sent = replicaOf([...first.messages, ...third.messages], name.replace('.', '-'))
          expect(sent, name).to.deep.equal(stored(server, name))
        }
      }))
  }

  it('keeps a time where the server gives no token, and moves it on', () =>
    withServer({ changes: { kind: 'documentdb' } }, async ({ server, changes }) => {
      server.insert('shop', 'orders', ...numbered(0, 3))
      const settings = { enable_documentdb_change_streams: true }
      const first = await read(server, { streams: ['orders'], settings })
      expect(bookmarkOf(first.state, 'shop-orders')).to.have.keys(
        'version',
        'initial_full_table_complete',
        'resume_token_time',
      )
      changes.advance()
      const second = await read(server, { streams: ['orders'], settings, state: first.state })
      const [before, after] = [first, second].map(({ state }) => bookmarkOf(state, 'shop-orders').resume_token_time)
      expect(after).not.to.deep.equal(before)
    }))

  it('goes on from the last token when the connection is lost', () =>
    withServer({}, async ({ server }) => {
      server.insert('shop', 'orders', ...numbered(0, 3))
      const { state } = await read(server, { streams: ['orders'] })
      server.insert('shop', 'orders', ...numbered(3, 6))
      let drops = 3
      server.answer = ({ name }) => (['aggregate', 'getMore'].includes(name) && drops-- > 0 ? 'drop' : undefined)
      const { messages, problem } = await read(server, { streams: ['orders'], state })
      expect(problem).to.equal(undefined)
      expect(recordsOf(messages).map(({ _id }) => _id)).to.deep.equal([3, 4, 5])
    }))
})

function place(name: string): [string, string] {
  const [database = '', collection = ''] = name.split('.')
  return [database, collection]
}
