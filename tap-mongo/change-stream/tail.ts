import { setTimeout as sleep } from 'node:timers/promises'
import { backoff } from '../../singer/retry.js'
import { ConnectionLostError } from '../failures.js'
import type { Common } from '../source.js'
import { Batches } from './batches.js'
import type { ChangeBatch, Start } from './change-stream.js'
import type { Cursor } from './cursor.js'
import { failed } from './failed.js'
import type { Reply } from './reply.js'
import type { Server, Watched } from './server.js'

/** The changes of collections that share a token, from one cursor to the next. */
export class Tail {
  readonly #common: Common
  readonly #server: Server
  readonly #collections: readonly string[]
  readonly #batches: Batches
  #cursor: Cursor | undefined
  #isFresh = true
  /** In a row, without progress. */
  #failures = 0
  /** Of performance.now(). Where the server answers at once with nothing, the next question waits until then. */
  #quietUntil = 0

  constructor(common: Common, server: Server, opened: { readonly watched: Watched; readonly start: Start }) {
    const { collections, cursor } = opened.watched
    this.#common = common
    this.#server = server
    this.#collections = collections
    this.#batches = new Batches(collections, opened.start)
    this.#cursor = cursor
  }

  /** Invalidated: nothing comes any more. */
  get isOver(): boolean {
    return this.#batches.isOver
  }

  async next(awaitMs: number): Promise<ChangeBatch> {
    for (;;) {
      this.#common.context.signal.throwIfAborted()
      try {
        return this.#batches.take(await this.#reply(awaitMs))
      } catch (cause) {
        await this.#recover(cause)
      }
    }
  }

  async close(): Promise<void> {
    await this.#cursor?.close()
  }

  async #reply(awaitMs: number): Promise<Reply> {
    if (this.#cursor && !this.#isFresh) return this.#more(this.#cursor, awaitMs)
    const opened = this.#cursor
    this.#cursor = opened ?? (await this.#server.reopen(this.#collections, this.#batches.start))
    this.#isFresh = false
    const { first } = this.#cursor
    if (first.events.length > 0) this.#failures = 0
    return opened || saysWhatThereIs(first) ? first : this.#more(this.#cursor, awaitMs)
  }

  async #more(cursor: Cursor, awaitMs: number): Promise<Reply> {
    const { signal } = this.#common.context
    const pauseMs = this.#quietUntil - performance.now()
    if (pauseMs > 0) await sleep(pauseMs, undefined, { signal })
    const until = performance.now() + Math.min(awaitMs, longestPauseMs)
    const reply = await cursor.more(awaitMs)
    if (!reply) throw new ConnectionLostError(`${this.#doing}: the server has ended the cursor`)
    this.#quietUntil = reply.events.length === 0 ? until : 0
    this.#failures = 0
    return reply
  }

  /** The first time at once: the server is there, only the cursor or the connection is gone. */
  async #recover(cause: unknown): Promise<void> {
    const { context, pace } = this.#common
    context.signal.throwIfAborted()
    const failure = failed(this.#doing, cause)
    if (!(failure instanceof ConnectionLostError) || ++this.#failures >= pace.attempts) throw failure
    context.log.warning('going on from the last token of the change stream', { after: failure.message })
    this.#cursor = undefined
    this.#isFresh = true
    this.#batches.restart()
    if (this.#failures > 1) {
      await backoff(this.#failures - 1, { signal: context.signal, firstMs: pace.firstWaitMs })
    }
  }

  get #doing(): string {
    return `follow the changes of ${this.#server.named(this.#collections)}`
  }
}

/** A first reply comes at once: without a token its time would pass by what has happened since the last one. */
function saysWhatThereIs({ events, postBatchToken }: Reply): boolean {
  return events.length > 0 || postBatchToken !== undefined
}

/** Some clones never wait: https://github.com/powersync-ja/powersync-service/pull/605 */
const longestPauseMs = 1000
