const lineFeed = 0x0a
const blockSize = 1 << 20
/** A read into less would be a small one. */
const smallest = 1 << 16
/** Few, since the old block is garbage for a while, whereas memory that is never written to costs nothing. */
const largerSizes = [4 << 20, 128 << 20]

/**
 * Bytes in, runs of complete lines out. Nothing is copied but the unfinished line behind the last line feed, and that
 * only when its block is full. Two blocks in turn, so that lines stay valid while bytes go into the other one.
 */
export class LineBuffer {
  #block: Buffer = Buffer.allocUnsafeSlow(blockSize)
  #spare: Buffer = Buffer.allocUnsafeSlow(blockSize)
  /** The unfinished line. */
  #start = 0
  #end = 0

  /** Where the next bytes go. The lines that `added` has returned stay valid until it returns the next ones. */
  space(): Buffer {
    const isOversized = this.#block.length > blockSize && this.#end - this.#start <= blockSize / 2
    if (isOversized || this.#block.length - this.#end < smallest) this.#turn()
    return this.#block.subarray(this.#end)
  }

  /** The complete lines, once `count` bytes have been put into the `space`; undefined when there is none yet. */
  added(count: number): Buffer | undefined {
    const last = this.#block.subarray(this.#end, this.#end + count).lastIndexOf(lineFeed)
    const start = this.#start
    if (last >= 0) this.#start = this.#end + last + 1
    this.#end += count
    return last >= 0 ? this.#block.subarray(start, this.#start) : undefined
  }

  /** What stands behind the last line feed, as a line. */
  rest(): Buffer | undefined {
    if (this.#start === this.#end) return undefined
    return Buffer.concat([this.#block.subarray(this.#start, this.#end), Buffer.of(lineFeed)])
  }

  /** A line that does not fit makes the block larger; the next one is of the usual size again. */
  #turn(): void {
    const length = this.#end - this.#start
    const next = length > blockSize / 2 ? largerBlock(length) : this.#spare
    this.#block.copy(next, 0, this.#start, this.#end)
    if (this.#block.length === blockSize) this.#spare = this.#block
    this.#block = next
    this.#start = 0
    this.#end = length
  }
}

function largerBlock(length: number): Buffer {
  return Buffer.allocUnsafeSlow(largerSizes.find((size) => size >= 2 * length) ?? 4 * length)
}
