import { BlockSize } from '../../singer/block-size.js'
import { viewOf } from '../../singer/bytes.js'
import type { RecordLines } from '../../singer/index.js'
import type { Output } from '../bson/value-writer.js'

/**
 * RECORD lines of a stream in two buffers in turn: a block stays as it is until the block after the next one is begun. The
 * two are those of all streams, since blocks go one after the other, whichever stream they are of.
 */
export class RecordBlocks {
  readonly output: Output = nothing()
  readonly #stream: string
  readonly #size = new BlockSize()
  #count = 0
  #limit = BlockSize.usual

  constructor(stream: string) {
    this.#stream = stream
  }

  /** False: the block must be taken before this line, which is about and at most so long. */
  hasRoom(about: number, atMost: number): boolean {
    const { at, bytes } = this.output
    return this.#count === 0 || (at + about <= this.#limit && at + atMost <= bytes.length)
  }

  /** Before each line for which there is room. */
  begin(atMost: number): void {
    if (this.#count > 0) return
    const bytes = atMost > bufferSize ? Buffer.allocUnsafeSlow(atMost) : currentBuffer()
    Object.assign(this.output, { bytes, view: viewOf(bytes), at: 0 })
  }

  /** The line is complete. */
  end(): void {
    this.#count++
  }

  /** Undefined: there is none. Until the next line is begun, nothing is written. */
  take(): RecordLines | undefined {
    if (this.#count === 0) return undefined
    const { bytes, at } = this.output
    const lines = bytes.subarray(0, at)
    const taken: RecordLines = { type: 'RECORD_LINES', stream: this.#stream, lines, count: this.#count }
    if (bytes === buffers[0]) buffers.reverse()
    Object.assign(this.output, nothing())
    this.#count = 0
    this.#size.taken()
    return taken
  }

  /** The reader wants the next block. */
  wanted(): void {
    this.#limit = this.#size.next()
  }
}

/** Far more than a block has, so that most documents have room for their longest JSON: what is not written to costs nothing. */
const bufferSize = 4 << 20

/** The one that is written to, and the one before. */
const buffers: (Buffer | undefined)[] = [undefined, undefined]

function nothing(): Output {
  const bytes = Buffer.alloc(0)
  return { bytes, view: viewOf(bytes), at: 0 }
}

function currentBuffer(): Buffer {
  buffers[0] ??= Buffer.allocUnsafeSlow(bufferSize)
  return buffers[0]
}
