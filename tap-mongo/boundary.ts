import { recordHash, SentBefore } from '../singer/sent-before.js'
import type { RawValue } from './bson/raw-value.js'
import { compareKeys, keyBefore } from './key-order.js'
import type { ReplicationKey } from './replication-key.js'

/** How far an INCREMENTAL stream has come. */
export interface Position {
  /** Of the replication key: the greatest that was sent. */
  readonly value: RawValue
  /**
   * One for each document sent whose key may be the same as `value`, or is at most the lookback before it. Absent:
   * unknown. Those that are missing mean no more than documents that are sent again.
   */
  readonly hashes?: readonly string[]
}

export interface BoundaryOptions {
  readonly key: ReplicationKey
  readonly lookback: number
}

/** Of more documents at the boundary the rest is not kept: the next run sends them again. */
export const boundaryDocuments = 10_000

/** Takes note of the documents at the end of what was read. Those away from the boundary cost nothing. */
export class Tail {
  #value: RawValue | undefined
  /** Newest first. */
  #documents: readonly Sent[] = []
  readonly #options: BoundaryOptions

  constructor(options: BoundaryOptions) {
    this.#options = options
  }

  /** Undefined as long as no document was read. */
  get position(): Required<Position> | undefined {
    const hashes = this.#documents.slice(0, boundaryDocuments).map(({ hash }) => hash)
    return this.#value && { value: this.#value, hashes }
  }

  /** There are more documents at the boundary than are kept. */
  get isCut(): boolean {
    return this.#documents.length > boundaryDocuments
  }

  /** Documents with a value in the key, in its order, behind those before. */
  note(documents: readonly Buffer[]): void {
    const { key, lookback } = this.#options
    const last = documents.at(-1)
    const value = last && key.valueOf(last)
    if (!value) return
    this.#value = value
    const isWithin = boundary(value, lookback)
    const [newest] = this.#documents
    // A group that is too large stays so, until its value is left.
    if (this.isCut && lookback === 0 && newest && isWithin(newest.key)) return
    this.#documents = this.#within(documents, isWithin)
  }

  #within(documents: readonly Buffer[], isWithin: (key: RawValue) => boolean): Sent[] {
    const found: Sent[] = []
    for (let i = documents.length; i > 0 && found.length <= boundaryDocuments; i--) {
      const document = documents[i - 1]
      const key = document && this.#options.key.valueOf(document)
      if (!key || !isWithin(key)) return found
      found.push({ key, hash: recordHash(document) })
    }
    const before = this.#documents.filter(({ key }) => isWithin(key))
    return found.concat(before).slice(0, boundaryDocuments + 1)
  }
}

interface Sent {
  readonly key: RawValue
  readonly hash: string
}

/** Of keys that are not behind `value`: do they belong to its boundary? */
function boundary(value: RawValue, lookback: number): (key: RawValue) => boolean {
  const first = lookback > 0 ? keyBefore(value, lookback) : undefined
  return first ? (key) => compareKeys(key, first) >= 0 : (key) => compareKeys(key, value) === 0
}

/** Drops documents that were sent before and have not changed. They come first: those behind the position cost nothing. */
export class Head {
  #isPast: boolean
  readonly #from: Position | undefined
  readonly #sentBefore: SentBefore
  readonly #options: BoundaryOptions

  constructor(from: Position | undefined, options: BoundaryOptions) {
    this.#isPast = from === undefined
    this.#from = from
    this.#sentBefore = new SentBefore(from?.hashes)
    this.#options = options
  }

  unsent(documents: readonly Buffer[]): readonly Buffer[] {
    if (this.#isPast || !this.#from) return documents
    const unsent: Buffer[] = []
    for (const [i, document] of documents.entries()) {
      const key = this.#options.key.valueOf(document)
      this.#isPast = key !== undefined && compareKeys(key, this.#from.value) > 0
      if (this.#isPast) return unsent.concat(documents.slice(i))
      if (!this.#sentBefore.wasSent(() => recordHash(document))) unsent.push(document)
    }
    return unsent
  }

  /**
   * The position by now, the tail's. It never moves back; and as long as it stands where it was, what earlier runs sent
   * there and what has not come again may still come.
   */
  position(tail: Tail): Position | undefined {
    if (this.#isPast || !this.#from) return tail.position ?? this.#from
    const hashes = [...(tail.position?.hashes ?? []), ...this.#sentBefore.left]
    return tail.position ? { value: this.#from.value, hashes: hashes.slice(0, boundaryDocuments) } : this.#from
  }
}
