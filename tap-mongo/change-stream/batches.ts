import type { Timestamp } from 'mongodb'
import type { ChangeBatch, ChangeEvent, Start } from './change-stream.js'
import { changeEvent } from './event.js'
import { Fragments } from './fragments.js'
import { documentIn } from './read-field.js'
import type { Reply } from './reply.js'
import { tokenTime } from './token.js'

/** The replies of a change stream as batches, and where to go on behind them. */
export class Batches {
  readonly #collections: readonly string[]
  #fragments = new Fragments()
  #token: Buffer | undefined
  #start: Start
  #isOver = false

  constructor(collections: readonly string[], start: Start) {
    this.#collections = collections
    this.#start = start
  }

  /** Behind all that was taken. */
  get start(): Start {
    return this.#token ? { kind: 'token', token: this.#token } : this.#start
  }

  /** The last one was an invalidate. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** What follows begins at `start`: fragments of an event come again from the first one. */
  restart(): void {
    this.#fragments = new Fragments()
  }

  take(reply: Reply): ChangeBatch {
    const events = this.#events(reply)
    const postBatchToken = this.#fragments.isOpen ? undefined : reply.postBatchToken
    if (postBatchToken) this.#token = Buffer.from(postBatchToken)
    // Before the first token of a server that gives none in advance, this is where it began.
    if (this.#start.kind === 'now' && reply.operationTime) this.#start = { kind: 'time', time: reply.operationTime }
    this.#isOver ||= events.some(({ operation }) => operation === 'invalidate')
    const time = this.#time(reply, events.at(-1), postBatchToken)
    return { events, collections: this.#collections, token: this.#token, time }
  }

  #events(reply: Reply): ChangeEvent[] {
    const only = this.#collections.length === 1 ? this.#collections[0] : undefined
    const events: ChangeEvent[] = []
    let token: Buffer | undefined
    for (const fields of reply.events) {
      const whole = this.#fragments.join(fields)
      if (!whole) continue
      events.push(changeEvent(whole, only))
      token = documentIn(whole.get('_id'))
    }
    // A copy: it outlives the reply, which may have 16 MB.
    if (token) this.#token = Buffer.from(token)
    return events
  }

  #time(reply: Reply, last: ChangeEvent | undefined, postBatchToken: Buffer | undefined): Timestamp | undefined {
    const time = (postBatchToken && tokenTime(postBatchToken)) ?? last?.clusterTime
    if (time || !this.#token) return time ?? reply.operationTime
    return reply.events.length === 0 ? reply.operationTime : tokenTime(this.#token)
  }
}
