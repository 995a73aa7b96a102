import type { Json } from '../singer/index.js'
import { recordHash, SentBefore } from '../singer/sent-before.js'
import type { KeyOrder } from './key-order.js'
import { lineEnd, lineStart, type RecordReader } from './record-lines.js'
import type { RowBlock } from './rows.js'

/** How far an INCREMENTAL stream has come. */
export interface Position {
  /** Of the replication key, in the last row that has one. */
  readonly value: Json
  /**
   * One for each row sent whose key may be the same as `value`, or is at most the lookback before it. Equal rows of a
   * table without a key have equal hashes. Absent: unknown, or too many to be kept.
   */
  readonly hashes?: readonly string[]
}

export interface BoundaryOptions {
  readonly reader: RecordReader
  readonly order: KeyOrder
  /** The replication key. */
  readonly column: string
  readonly lookback: number
}

/** More rows than this at the boundary are not kept: the next run sends them again. */
export const boundaryRows = 10_000

/** Takes note of the rows at the end of what was read. Rows away from the boundary cost nothing. */
export class Tail {
  #position: Position | undefined
  /** Newest first. */
  #rows: readonly Row[] = []
  readonly #options: BoundaryOptions

  constructor(options: BoundaryOptions) {
    this.#options = options
  }

  /** Undefined as long as no row had a value in the key. A position never changes. */
  get position(): Position | undefined {
    return this.#position
  }

  note({ lines }: RowBlock): void {
    const { reader, column } = this.#options
    const value = reader.value(lines, lineStart(lines, lines.length), column)
    if (value === null) return
    const isWithin = this.#options.order.within(value, this.#options.lookback)
    if (!this.#isOverflowing(isWithin)) this.#rows = this.#rowsAt(lines, isWithin)
    const isKept = this.#rows.length <= boundaryRows
    this.#position = isKept ? { value, hashes: this.#rows.map((row) => row.hash) } : { value }
  }

  #rowsAt(lines: Buffer, isWithin: (key: Json) => boolean): Row[] {
    const { reader, column } = this.#options
    const rows: Row[] = []
    let end = lines.length
    while (end > 0 && rows.length <= boundaryRows) {
      const start = lineStart(lines, end)
      const key = reader.value(lines, start, column)
      if (key === null || !isWithin(key)) return rows
      rows.push({ key, hash: recordHash(reader.record(lines, start, end)) })
      end = start
    }
    // The rows before are in the order of the key, too: those that have fallen out of the window are the oldest.
    let kept = this.#rows.length
    while (kept > 0 && !isWithin(this.#rows[kept - 1]?.key ?? null)) kept--
    return rows.concat(this.#rows.slice(0, kept)).slice(0, boundaryRows + 1)
  }

  /** A group that is too large stays so, until its value is left. */
  #isOverflowing(isWithin: (key: Json) => boolean): boolean {
    const [newest] = this.#rows
    const isTooLarge = this.#options.lookback === 0 && this.#rows.length > boundaryRows
    return isTooLarge && newest !== undefined && isWithin(newest.key)
  }
}

interface Row {
  readonly key: Json
  readonly hash: string
}

/** Drops rows that were sent before and have not changed. They come first: rows behind the position cost nothing. */
export class Head {
  #isPast: boolean
  readonly #isBehind: (key: Json) => boolean
  readonly #sentBefore: SentBefore
  readonly #options: BoundaryOptions

  constructor(from: Position | undefined, options: BoundaryOptions) {
    this.#isPast = from === undefined
    this.#options = options
    this.#isBehind = from ? options.order.past(from.value) : () => true
    this.#sentBefore = new SentBefore(from?.hashes)
  }

  /** Has a row behind the position been seen? */
  get isPast(): boolean {
    return this.#isPast
  }

  unsent(block: RowBlock): RowBlock {
    const { lines } = block
    const kept: Buffer[] = []
    let dropped = 0
    let start = 0
    while (start < lines.length && !this.#reachesPast(lines, start)) {
      const end = lineEnd(lines, start)
      if (this.#wasSent(lines, start, end)) dropped++
      else kept.push(lines.subarray(start, end))
      start = end
    }
    if (dropped === 0) return block
    return { lines: Buffer.concat([...kept, lines.subarray(start)]), count: block.count - dropped }
  }

  /** True from the first line behind the position on. */
  #reachesPast(lines: Buffer, start: number): boolean {
    if (this.#isPast) return true
    const { reader, column } = this.#options
    const key = reader.value(lines, start, column)
    this.#isPast = key !== null && this.#isBehind(key)
    return this.#isPast
  }

  #wasSent(lines: Buffer, start: number, end: number): boolean {
    return this.#sentBefore.wasSent(() => recordHash(this.#options.reader.record(lines, start, end)))
  }
}
