import type { MongoClient, Timestamp } from 'mongodb'
import type { Context } from '../singer/index.js'
import type { Config } from './config.js'

/** The server, replica set or cluster that was connected to, in MongoDB's own word. Whoever connects closes. */
export interface Deployment {
  readonly client: MongoClient
  /** Of the URI; where databases cannot be listed, the only one. */
  readonly defaultDatabase: string | undefined
  /** `7.0.12`; clones say what they like: for messages and logs alone. */
  readonly version: string
  /** Of the `hello` of this run's start; undefined: a standalone server or a clone, without a log to read. */
  readonly operationTime: Timestamp | undefined
  /** Has DB sessions, so `afterClusterTime` can be asked for. */
  readonly hasSessions: boolean
  close(): Promise<void>
}

/**
 * One client with `appName: tap-mongo`. Fails with a SourceError that says host, what happened and what to do, never with
 * user info. Closed when `context.signal` is aborted, so that everything that waits ends.
 */
export async function connect(_config: Config, _context: Context): Promise<Deployment> {
  throw new Error('contract')
}
