import type { Stream } from '../../singer/catalog.js'
import type { JsonObject } from '../../singer/index.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Input, Scripted } from '../support/mongo/types.js'
import { streamOf } from './connecting.js'

export interface OneCollection {
  /** Of the collection `c` in the database `db`, which is dropped after each test. */
  readonly server: Scripted
  /** Fills it and gives its stream; by default with the index that serves the replication key. */
  made(documents: readonly Input[], key?: string, index?: JsonObject | null): Stream
}

/** For the tests of a `describe`: a scripted server and one collection. */
export function oneCollection(): OneCollection {
  let server: Scripted | undefined
  before(async () => {
    server = await startScripted()
  })
  after(() => server?.close())
  afterEach(() => {
    if (server) server.answer = undefined
    server?.drop('db', 'c')
  })
  const started = () => {
    if (server) return server
    throw new Error('the server starts before the tests')
  }
  return {
    get server() {
      return started()
    },
    made(documents, key = 'k', index = { [key]: 1, _id: 1 }) {
      started().insert('db', 'c', ...documents)
      if (index) started().createIndex('db', 'c', index)
      return streamOf('db', 'c', { replicationKey: key })
    },
  }
}

/** A document for each key, numbered from 0. */
export function pairs(...keys: readonly unknown[]): { _id: number; k: unknown }[] {
  return keys.map((k, _id) => ({ _id, k }))
}
