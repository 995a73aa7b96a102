const usualSize = 512 * 1024
/** For a reader that takes so long for a block: after a signal two of them still go before the last state. */
const slowSize = 64 * 1024
const slowMs = 50

/** How many bytes of lines a block should have. */
export class BlockSize {
  /** The largest there is. */
  static readonly usual: number = usualSize
  #takenAt = performance.now()

  /** Of the block that begins now. */
  next(): number {
    return performance.now() - this.#takenAt > slowMs ? slowSize : usualSize
  }

  /** The block before was given away. */
  taken(): void {
    this.#takenAt = performance.now()
  }
}
