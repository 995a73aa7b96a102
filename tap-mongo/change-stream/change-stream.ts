import type { Timestamp } from 'mongodb'
import type { Common } from '../source.js'
import { groupsOf } from './groups.js'
import { openTails } from './open-tails.js'
import { Server } from './server.js'
import type { Tail } from './tail.js'

/** Where a change stream begins. */
export type Start =
  | { readonly kind: 'token'; readonly token: Buffer }
  /** Inclusive. */
  | { readonly kind: 'time'; readonly time: Timestamp }
  /** Now: to get a token before a copy. */
  | { readonly kind: 'now' }

/**
 * What is watched: of this database these collections, each from its own start. Collections with equal starts share one
 * stream of the database, and so one token; a server without streams of databases gives each collection its own.
 */
export interface Watch {
  readonly database: string
  readonly starts: ReadonlyMap<string, Start>
}

export interface ChangeEvent {
  /** insert, update, replace, delete, drop, rename, dropDatabase, invalidate, … */
  readonly operation: string
  /** Empty for what concerns all collections of the batch: dropDatabase, invalidate. */
  readonly collection: string
  /** Of a rename: the new name. A rename onto a watched collection comes too. */
  readonly to: string | undefined
  readonly documentKey: Buffer | undefined
  /** Undefined or null in the event: undefined. */
  readonly fullDocument: Buffer | undefined
  readonly before: Buffer | undefined
  readonly clusterTime: Timestamp | undefined
}

export interface ChangeBatch {
  /** Whole events: those that the server split are joined. Their memory is not used again. */
  readonly events: readonly ChangeEvent[]
  /** What this token covers: bookmark it for these, and for no others. */
  readonly collections: readonly string[]
  /** The whole resume token (BSON) that covers these events and all before; undefined: the server gave none yet. */
  readonly token: Buffer | undefined
  /**
   * Of the token, or of the last event. Of an empty batch from a server without tokens for it (DocumentDB): the server's
   * own time, a start for the next run where there is no token. Undefined: the server does not say.
   */
  readonly time: Timestamp | undefined
}

export interface ChangeStream {
  /**
   * The first batch of each token's collections comes at once, often empty: it has the token to note before a copy. Those
   * after it wait up to `await_time_ms` for events and are empty when nothing came. Lost connections and cursors are
   * opened again from the last token, as often as the pace says. Undefined: all that was watched has been invalidated.
   * Fails with HistoryLostError, with ConnectionLostError, or with the reason of `context.signal`.
   */
  next(): Promise<ChangeBatch | undefined>
  /** Also after a failure. */
  close(): Promise<void>
}

/** Fails with HistoryLostError, or a SourceError that says what the server refused and what to do. */
export async function openChangeStream(common: Common, { database, starts }: Watch): Promise<ChangeStream> {
  const { client, hasSessions } = common.deployment
  const session = hasSessions ? client.startSession({ causalConsistency: false }) : undefined
  const server = new Server({ common, database, session })
  const tails: Tail[] = []
  const close = async () => {
    for (const tail of tails) await tail.close()
    await session?.endSession()
  }
  try {
    for (const group of groupsOf(starts)) tails.push(...(await openTails(common, server, group)))
    return { next: inTurn(tails, common.config.await_time_ms), close }
  } catch (cause) {
    await close()
    throw cause
  }
}

/** One after the other, so that many of them take one connection. They share the waiting. */
function inTurn(tails: readonly Tail[], awaitMs: number): ChangeStream['next'] {
  const queue = [...tails]
  return async () => {
    const tail = queue[0]
    if (!tail) return undefined
    const batch = await tail.next(Math.ceil(awaitMs / queue.length))
    queue.shift()
    if (!tail.isOver) queue.push(tail)
    return batch
  }
}
