import { viewOf } from '../singer/bytes.js'
import type { Rows, Table } from './scan.js'

const smallest = 64 * 1024
const maxFree = 4
const empty = Buffer.alloc(0)

/** Buffers for rows. Those of the usual full size are used again, others are left to the garbage collector. */
export class RowBuffers {
  /** At which size rows want to be taken. */
  readonly rowsBytes: number
  readonly #fullSize: number
  readonly #free: Buffer[] = []

  constructor(rowsBytes: number) {
    this.rowsBytes = rowsBytes
    // Room for the row that passes the mark.
    this.#fullSize = rowsBytes + smallest
  }

  full(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#fullSize)
  }

  /** A larger buffer with the first `used` bytes of this one, and room for `more`. */
  grown(buffer: Buffer, used: number, more: number): Buffer {
    const doubled = Math.max(smallest, Math.min(2 * buffer.length, this.#fullSize))
    const larger = Buffer.allocUnsafeSlow(Math.max(doubled, used + more))
    buffer.copy(larger, 0, 0, used)
    return larger
  }

  release(bytes: Buffer) {
    const isFullSize = bytes.buffer.byteLength === this.#fullSize
    if (isFullSize && this.#free.length < maxFree) this.#free.push(Buffer.from(bytes.buffer))
  }
}

export interface GrowingRowsOptions {
  readonly table: Table
  readonly partition: readonly string[]
  readonly buffers: RowBuffers
  readonly limit: number
}

/** Rows in a buffer that grows. */
export class GrowingRows implements Rows {
  readonly table: Table
  readonly partition: readonly string[]
  count = 0
  bytes = 0
  limit: number
  readonly #buffers: RowBuffers
  #buffer: Buffer = empty
  #view: DataView = viewOf(empty)

  constructor({ table, partition, buffers, limit }: GrowingRowsOptions) {
    this.table = table
    this.partition = partition
    this.limit = limit
    this.#buffers = buffers
  }

  get isFull(): boolean {
    return this.bytes >= this.#buffers.rowsBytes || this.count >= this.limit
  }

  /** The buffer, with room for so many bytes after `bytes`. */
  reserve(size: number): DataView {
    if (this.bytes + size > this.#buffer.length) this.#use(this.#buffers.grown(this.#buffer, this.bytes, size))
    return this.#view
  }

  /** One more row was written, up to this position of the buffer. */
  add(end: number) {
    this.bytes = end
    this.count++
  }

  take(): { readonly bytes: Buffer; readonly count: number } {
    const taken = { bytes: this.#buffer.subarray(0, this.bytes), count: this.count }
    this.#use(this.bytes >= this.#buffers.rowsBytes ? this.#buffers.full() : empty)
    this.count = 0
    this.bytes = 0
    return taken
  }

  #use(buffer: Buffer) {
    this.#buffer = buffer
    this.#view = viewOf(buffer)
  }
}
