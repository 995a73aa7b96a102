import { matchBytes, viewOf } from '../singer/bytes.js'
import type { StreamTable } from './stream-table.js'

export interface RecordLineOptions {
  readonly table: StreamTable
  /** With its line feed. */
  readonly line: Buffer
  /** Where the record begins in the line, and where it ends. */
  readonly start: number
  readonly end: number
  /** Nothing before the record says when it was extracted or of which version it is. */
  readonly isBare: boolean
}

/** A RECORD message but for its record: a line with the same bytes around its record differs from it in nothing else. */
export class RecordLine {
  readonly table: StreamTable
  readonly isBare: boolean
  /** Of what stands before the record. */
  readonly length: number
  readonly #before: DataView
  #after: DataView

  constructor({ table, line, start, end, isBare }: RecordLineOptions) {
    this.table = table
    this.isBare = isBare
    this.length = start
    this.#before = viewOf(Buffer.from(line.subarray(0, start)))
    this.#after = viewOf(Buffer.from(line.subarray(end)))
  }

  /** Whether the line at `pos` goes so as far as its record. */
  isAt(lines: DataView, pos: number): boolean {
    return matchBytes(lines, pos, this.#before) >= 0
  }

  /** The position of the next line when this one goes on as it should after its record, at `pos`; else -1. */
  lineAfter(lines: DataView, pos: number): number {
    return matchBytes(lines, pos, this.#after)
  }

  /** From here on, lines go on so after their record. */
  endsWith(rest: Buffer) {
    this.#after = viewOf(Buffer.from(rest))
  }
}

const most = 16

/** The last kinds of RECORD line, so that streams may take turns. */
export class RecentLines {
  readonly #lines: RecordLine[] = []
  #last: RecordLine | undefined

  /** The one that the line at `pos` begins like. */
  find(lines: DataView, pos: number): RecordLine | undefined {
    if (this.#last?.isAt(lines, pos)) return this.#last
    this.#last = this.#lines.find((line) => line.isAt(lines, pos))
    return this.#last
  }

  add(line: RecordLine) {
    this.#lines.unshift(line)
    this.#lines.splice(most)
  }

  /** Those of a table that another one has taken the place of. */
  drop(stream: string) {
    const kept = this.#lines.filter(({ table }) => table.stream !== stream)
    this.#lines.splice(0, this.#lines.length, ...kept)
    this.#last = undefined
  }
}
