import { hash } from 'node:crypto'

/** Records that were sent before and have not changed, to be dropped once for each time that they were sent. */
export class SentBefore {
  readonly #counts = new Map<string, number>()

  constructor(hashes: readonly string[] = []) {
    for (const each of hashes) this.#counts.set(each, (this.#counts.get(each) ?? 0) + 1)
  }

  /** `hashed` is called only where there is something left to be dropped. */
  wasSent(hashed: () => string): boolean {
    if (this.#counts.size === 0) return false
    const found = hashed()
    const count = this.#counts.get(found)
    if (count === undefined) return false
    if (count === 1) this.#counts.delete(found)
    else this.#counts.set(found, count - 1)
    return true
  }

  /** Those that have not come again. */
  get left(): string[] {
    return [...this.#counts].flatMap(([each, count]) => Array<string>(count).fill(each))
  }
}

/** 72 bits: short in the state, and far more than the records of a boundary need to be told apart. */
export function recordHash(record: Buffer): string {
  return hash('sha1', record, 'base64').slice(0, 12)
}
