import type { Timestamp } from 'mongodb'
import type { Common } from '../source.js'

/** Where a change stream begins. */
export type Start =
  | { readonly kind: 'token'; readonly token: Buffer }
  | { readonly kind: 'time'; readonly time: Timestamp }
  /** Now: to get a token before a copy. */
  | { readonly kind: 'now' }

/** What is watched: a database, of it these collections; a server without streams of databases gets one per collection. */
export interface Watch {
  readonly database: string
  readonly collections: readonly string[]
  readonly start: Start
}

export interface ChangeEvent {
  /** insert, update, replace, delete, drop, rename, dropDatabase, invalidate, … */
  readonly operation: string
  /** Empty for what concerns the database. */
  readonly collection: string
  readonly documentKey: Buffer | undefined
  /** Undefined or null in the event: undefined. */
  readonly fullDocument: Buffer | undefined
  readonly before: Buffer | undefined
  readonly clusterTime: Timestamp | undefined
}

export interface ChangeBatch {
  /** Whole events: those that the server split are joined. Valid until the next batch is asked for. */
  readonly events: readonly ChangeEvent[]
  /** The whole resume token (BSON) that covers these events and all before; undefined: the server gave none yet. */
  readonly token: Buffer | undefined
  /** Of the token, or of the last event. */
  readonly time: Timestamp | undefined
}

export interface ChangeStream {
  /** Waits at most `await_time_ms`; an empty batch when nothing came. */
  next(): Promise<ChangeBatch>
  close(): Promise<void>
}

/** The token's place in the log is gone (286, 136, 280, DocumentDB's 9): only a new copy can go on. See failures.ts. */

/** Fails with HistoryLostError, or a SourceError that says what the server refused and what to do. */
export async function openChangeStream(_common: Common, _watch: Watch): Promise<ChangeStream> {
  throw new Error('contract')
}
