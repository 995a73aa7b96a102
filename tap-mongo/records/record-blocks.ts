import { BlockSize } from '../../singer/block-size.js'
import { viewOf } from '../../singer/bytes.js'
import type { RecordLines } from '../../singer/index.js'
import type { Output } from '../bson/value-writer.js'

/** Far more than a block has, so that there is room for the longest JSON of most documents: what is not written to costs nothing. */
const bufferSize = 4 << 20

/** RECORD lines in two buffers in turn: a block stays as it is until the block after the next one is begun. */
export class RecordBlocks {
  readonly output: Output
  readonly #stream: string
  readonly #size = new BlockSize()
  #spare: Buffer | undefined
  #count = 0
  #limit = BlockSize.usual

  constructor(stream: string) {
    this.#stream = stream
    this.output = outputOn(Buffer.alloc(0))
  }

  /** False: the block must be taken before this line, which is about and at most so long. */
  hasRoom(about: number, atMost: number): boolean {
    const { at, bytes } = this.output
    return this.#count === 0 || (at + about <= this.#limit && at + atMost <= bytes.length)
  }

  /** Before each line for which there is room. */
  begin(atMost: number): void {
    if (this.#count === 0 && atMost > this.output.bytes.length)
      this.#turnTo(Buffer.allocUnsafeSlow(Math.max(atMost, bufferSize)))
  }

  /** The reader wants the next block. */
  wanted(): void {
    this.#limit = this.#size.next()
  }

  /** The line is complete. */
  end(): void {
    this.#count++
  }

  /** Undefined: there is none. */
  take(): RecordLines | undefined {
    if (this.#count === 0) return undefined
    const { bytes, at } = this.output
    const taken: RecordLines = {
      type: 'RECORD_LINES',
      stream: this.#stream,
      lines: bytes.subarray(0, at),
      count: this.#count,
    }
    const next = this.#spare ?? Buffer.alloc(0)
    this.#spare = bytes.length === bufferSize ? bytes : undefined
    this.#turnTo(next)
    this.#count = 0
    this.#size.taken()
    return taken
  }

  #turnTo(bytes: Buffer): void {
    Object.assign(this.output, outputOn(bytes))
  }
}

function outputOn(bytes: Buffer): Output {
  return { bytes, view: viewOf(bytes), at: 0 }
}
