import { recordHash } from '../../singer/sent-before.js'
import { compareKeys, type Key } from './key-order.js'

/** How far an INCREMENTAL sequence has come. */
export interface Position {
  /** The greatest of the records that were sent. */
  readonly key: Key
  /**
   * One for each record sent whose key may be the same as `key`, or is at most the lookback before it, or after it when it
   * is capped. Absent: nobody can tell records apart, since the stream has no primary key.
   */
  readonly hashes?: readonly string[]
}

/**
 * The records of this run at its greatest key. Where a page begins with the key that the one before ended with, these come
 * again: https://developer.zendesk.com/documentation/ticketing/managing-tickets/using-the-incremental-export-api/
 */
export class Seam {
  #key: Key | undefined
  readonly #hashes = new Set<string>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** `hashed` is called only for records at that key. */
  has(key: Key | undefined, hashed: () => string): boolean {
    return (
      key !== undefined && this.#key !== undefined && compareKeys(key, this.#key) === 0 && this.#hashes.has(hashed())
    )
  }

  note({ key, hash }: Row): void {
    const order = this.#key ? compareKeys(key, this.#key) : 1
    if (order < 0) return
    if (order > 0) this.#hashes.clear()
    this.#key = key
    if (this.#hashes.size < this.#limit) this.#hashes.add(hash)
  }
}

/** The records at and behind a key that moves up. Of more than `limit` the rest is not kept: the next run sends it again. */
export class Tail {
  #rows: Row[] = []
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** `from` must not be lower than it was before. */
  note(row: Row, from: Key): void {
    if (compareKeys(row.key, from) < 0) return
    this.#rows.push(row)
    // Half of it must be free again afterwards: else each record would look through all of them.
    if (this.#rows.length >= 2 * this.#limit) this.#rows = this.#since(from)
  }

  /** The hashes of what is noted by now, to be called later. */
  mark(from: Key): () => string[] {
    const rows = this.#rows
    const { length } = rows
    return () => this.#since(from, rows.slice(0, length)).map((row) => row.hash)
  }

  // Rows are added to this list or another one takes its place: marks rely on it.
  #since(from: Key, rows: readonly Row[] = this.#rows): Row[] {
    return rows.filter(({ key }) => compareKeys(key, from) >= 0).slice(0, this.#limit)
  }
}

interface Row {
  readonly key: Key
  readonly hash: string
}

/** A record within its partition: two parents may have children that are equal byte for byte. */
export function hashOf(partition: string, record: Buffer): string {
  return recordHash(partition === '' ? record : Buffer.concat([Buffer.from(`${partition}\n`), record]))
}
