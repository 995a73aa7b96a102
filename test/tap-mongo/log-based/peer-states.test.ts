import { expect } from 'chai'
import type { JsonObject } from '../../../singer/index.js'
import { bookmarkOf } from '../../../singer/state.js'
import { numbered, read, recordsOf, typesOf, withServer } from './following.js'

interface Noted {
  readonly token: string
  readonly t: number
  readonly i: number
}

/** The collection has the documents 0 to 3; 3 was inserted when the token was noted, 4 after it. */
const peers: readonly { title: string; bookmark(noted: Noted): JsonObject; ids: readonly number[] }[] = [
  {
    title: "pipelinewise's token",
    bookmark: ({ token }) => ({ ...completeCopy, token: { _data: token } }),
    ids: [4],
  },
  {
    title: "pipelinewise's token and an interrupted copy",
    bookmark: ({ token }) => ({ ...interruptedCopy, token: { _data: token } }),
    ids: [2, 4],
  },
  {
    title: "singer-io's time of the oplog, which includes what happened at it",
    bookmark: ({ t, i }) => ({ ...completeCopy, oplog_ts_time: t, oplog_ts_inc: i }),
    ids: [3, 4],
  },
  {
    title: "singer-io's time of the oplog and an interrupted copy",
    bookmark: ({ t, i }) => ({ ...interruptedCopy, oplog_ts_time: t, oplog_ts_inc: i }),
    ids: [2, 3, 4],
  },
  {
    title: "MeltanoLabs' token",
    bookmark: ({ token }) => ({ replication_key: 'replication_key', replication_key_value: token }),
    ids: [4],
  },
  {
    title: 'another method of singer-io, beside an old time of the oplog',
    bookmark: ({ t, i }) => ({
      ...completeCopy,
      last_replication_method: 'FULL_TABLE',
      oplog_ts_time: t,
      oplog_ts_inc: i,
    }),
    ids: [0, 1, 2, 3, 4],
  },
]

const completeCopy = { last_replication_method: 'LOG_BASED', initial_full_table_complete: true, version: 5 }
const interruptedCopy = {
  last_replication_method: 'LOG_BASED',
  version: 5,
  max_id_value: '2',
  max_id_type: 'int',
  last_id_fetched: '1',
  last_id_fetched_type: 'int',
}

describe('LOG_BASED: states of other taps', () => {
  for (const { title, bookmark, ids } of peers) {
    it(`goes on from ${title}`, () =>
      withServer({}, async ({ server }) => {
        server.insert('shop', 'orders', ...numbered(0, 3))
        server.insert('shop', 'orders', { _id: 3, v: 0 })
        const { t, i } = server.operationTime
        const { state } = await read(server, { streams: ['orders'] })
        const { _data: token } = bookmarkOf(state, 'shop-orders').resume_token as { _data: string }
        server.insert('shop', 'orders', { _id: 4, v: 0 })
        const given = { bookmarks: { 'shop-orders': bookmark({ token, t, i }) } }
        const { messages, problem, state: after } = await read(server, { streams: ['orders'], state: given })
        expect(problem).to.equal(undefined)
        expect(recordsOf(messages).map(({ _id }) => _id)).to.deep.equal(ids)
        expect(bookmarkOf(after, 'shop-orders')).to.include.keys('resume_token', 'initial_full_table_complete')
        expect(bookmarkOf(after, 'shop-orders')).not.to.have.any.keys('token', 'oplog_ts_time', 'max_id_value')
        const isCopied = ids.includes(2)
        expect(typesOf(messages).includes('ACTIVATE_VERSION')).to.equal(isCopied)
      }))
  }
})
