import type { RecordLines } from '../../singer/index.js'
import type { RecordLineEnds } from '../../singer/record-line.js'

const blockSize = 128 * 1024

/** RECORD lines in two buffers in turn: a block stays as it is until the block after the next one is begun. */
export class RecordBlocks {
  readonly #stream: string
  #block: Buffer = Buffer.allocUnsafeSlow(blockSize)
  #spare: Buffer = Buffer.allocUnsafeSlow(blockSize)
  #at = 0
  #count = 0

  constructor(stream: string) {
    this.#stream = stream
  }

  /** False: the block must be taken before a line of this length can be added. */
  hasRoom(length: number): boolean {
    return this.#count === 0 || this.#at + length <= this.#block.length
  }

  /** `columns`: a JSON object, whose braces are those of `ends`; what lies within `cuts` (from, to, …) is left out. */
  add({ prefix, suffix }: RecordLineEnds, columns: Buffer, cuts: readonly number[]): void {
    const length = prefix.length + columns.length + suffix.length
    if (length > this.#block.length) this.#block = Buffer.allocUnsafeSlow(length)
    this.#copy(prefix, 0, prefix.length)
    let from = 1
    for (let i = 0; i < cuts.length; i += 2) {
      this.#copy(columns, from, cuts[i] ?? from)
      from = cuts[i + 1] ?? from
    }
    this.#copy(columns, from, columns.length - 1)
    this.#copy(suffix, 0, suffix.length)
    this.#count++
  }

  /** Undefined: there is none. */
  take(): RecordLines | undefined {
    if (this.#count === 0) return undefined
    const lines = this.#block.subarray(0, this.#at)
    const taken: RecordLines = { type: 'RECORD_LINES', stream: this.#stream, lines, count: this.#count }
    const isUsual = this.#block.length === blockSize
    const next = this.#spare
    this.#spare = isUsual ? this.#block : Buffer.allocUnsafeSlow(blockSize)
    this.#block = next
    this.#at = 0
    this.#count = 0
    return taken
  }

  #copy(bytes: Buffer, start: number, end: number): void {
    if (end > start) this.#at += bytes.copy(this.#block, this.#at, start, end)
  }
}
