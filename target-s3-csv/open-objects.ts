import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../singer/log.js'
import type { OpenObject } from './object.js'
import type { Rows, Table } from './scan.js'

/** When an object is finished. */
export interface Limits {
  readonly bytes: number
  readonly rows: number
  readonly ageMs: number
  /** Of all objects and rows together. */
  readonly memory: number
}

export interface OpenObjectsOptions {
  readonly limits: Limits
  /** Whether rows keep their size when they are written. */
  readonly isPlain: boolean
  open(rows: Rows): OpenObject
  /** All rows that are in no object yet. */
  pending(): Iterable<Rows>
  count(rows: Rows, taken: { bytes: Buffer; count: number }): void
  readonly log: Log
}

const abortMs = 10_000
const tickMs = 1000

/** The objects that are being written: at most one for each stream and partition. */
export class OpenObjects {
  readonly #options: OpenObjectsOptions
  readonly #open = new Map<Rows, OpenObject>()
  #ticked = performance.now()
  #isMemoryLogged: boolean = false
  #aborted: Promise<void> | undefined

  constructor(options: OpenObjectsOptions) {
    this.#options = options
  }

  /** All that holds records which are not durable. Call `claim` first, for the rows that are in no object yet. */
  unfinished(): Iterable<OpenObject> {
    return this.#open.values()
  }

  /** Gives each pending row an object to go into. */
  claim(): void {
    for (const rows of this.#options.pending()) this.#objectOf(rows)
  }

  /** Puts rows into their object, and finishes it when it is full. */
  async add(rows: Rows): Promise<void> {
    const { limits, isPlain } = this.#options
    const open = this.#open.get(rows)
    if (isPlain && open && open.rows > 0 && open.bytes + rows.bytes > limits.bytes) await this.#close(rows, open)
    const object = this.#objectOf(rows)
    await this.#move(rows, object)
    if (object.bytes >= limits.bytes || object.rows >= limits.rows) await this.#close(rows, object)
  }

  /** Finishes the objects of these rows, with all that is pending for them. */
  async finish(isMeant: (rows: Rows) => boolean): Promise<void> {
    await Promise.all([...this.#open].filter(([rows]) => isMeant(rows)).map((entry) => this.#finish(...entry)))
  }

  async finishTable(table: Table): Promise<void> {
    for (const rows of table.pending()) this.#objectOf(rows)
    await this.finish((rows) => rows.table === table)
  }

  async finishStream(stream: string): Promise<void> {
    this.claim()
    await this.finish((rows) => rows.table.stream === stream)
  }

  async finishAll(): Promise<void> {
    this.claim()
    await this.finish(() => true)
  }

  /** To call again and again: finishes what is old, and the largest where memory is short. */
  async attend(): Promise<void> {
    await this.#spareMemory()
    const now = performance.now()
    if (now - this.#ticked < tickMs) return
    this.#ticked = now
    this.claim()
    const { ageMs } = this.#options.limits
    await this.finish((rows) => now - (this.#open.get(rows)?.opened ?? now) >= ageMs)
  }

  /** Leaves nothing behind, or says what it could not remove in time. */
  abort(): Promise<void> {
    this.#aborted ??= this.#abortAll()
    return this.#aborted
  }

  #objectOf(rows: Rows): OpenObject {
    const found = this.#open.get(rows)
    if (found) return found
    const object = this.#options.open(rows)
    this.#open.set(rows, object)
    return object
  }

  async #finish(rows: Rows, object: OpenObject): Promise<void> {
    if (rows.count > 0) await this.#move(rows, object)
    await this.#close(rows, object)
  }

  async #move(rows: Rows, object: OpenObject): Promise<void> {
    const taken = rows.take()
    this.#options.count(rows, taken)
    rows.limit = Math.max(this.#options.limits.rows - object.rows - taken.count, 1)
    await object.append(taken.bytes, taken.count)
  }

  /** It counts as unfinished until it is durable. */
  async #close(rows: Rows, object: OpenObject): Promise<void> {
    const name = await object.finish()
    this.#open.delete(rows)
    rows.limit = this.#options.limits.rows
    const { stream } = rows.table
    this.#options.log.info(`wrote ${name}`, { stream, rows: object.rows, bytes: object.bytes })
  }

  /** A quarter of the memory is for rows, the rest for what the store holds of objects that cannot be sent yet. */
  async #spareMemory(): Promise<void> {
    const { memory } = this.#options.limits
    const pending = [...this.#options.pending()]
    if (sum(pending, ({ bytes }) => bytes) > memory / 4) {
      for (const rows of pending) await this.#move(rows, this.#objectOf(rows))
    }
    const most = (memory / 4) * 3
    if (sum(this.#open.values(), ({ held }) => held) > most) await this.#finishLargest(most / 2)
  }

  async #finishLargest(wanted: number): Promise<void> {
    const { log } = this.#options
    if (!this.#isMemoryLogged) log.info('memory_bytes is reached: the largest objects are finished early')
    this.#isMemoryLogged = true
    const largest = [...this.#open].sort(([, one], [, other]) => other.held - one.held)
    let held = sum(this.#open.values(), (object) => object.held)
    const meant = new Set<Rows>()
    for (const [rows, object] of largest) {
      if (held <= wanted) break
      held -= object.held
      meant.add(rows)
    }
    await this.finish((rows) => meant.has(rows))
  }

  async #abortAll(): Promise<void> {
    const objects = [...this.#open.values()]
    const late = sleep(abortMs, 'late' as const, { ref: false })
    const done = Promise.allSettled(objects.map((object) => object.abort()))
    if ((await Promise.race([done, late])) !== 'late') return
    this.#options.log.warning('not all unfinished objects could be removed in time', { objects: objects.length })
  }
}

function sum<T>(all: Iterable<T>, bytesOf: (one: T) => number): number {
  let total = 0
  for (const one of all) total += bytesOf(one)
  return total
}
