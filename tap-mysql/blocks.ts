import { BlockSize } from '../singer/block-size.js'
import type { Output, Slice } from './encode.js'
import { LongRow } from './long-row.js'
import { longestPayload } from './packets.js'
import { type RowEncoder, rowEncoder } from './row-encoder.js'
import type { RowBlock, RowQuery } from './rows.js'
import { assertUtf8 } from './utf8.js'

/** Encodes rows into two buffers in turn. They grow with the rows; pages that are never written take no memory. */
export class Blocks {
  readonly #query: RowQuery
  readonly #encoder: RowEncoder
  #output: Output = { bytes: Buffer.allocUnsafeSlow(BlockSize.usual), at: 0 }
  #spare: Buffer = Buffer.allocUnsafeSlow(BlockSize.usual)
  #count = 0
  readonly #size = new BlockSize()
  #limit = BlockSize.usual
  /** Some packets of it have been added, not all. */
  #begun: LongRow | undefined
  /** A block of one long row. */
  #longLine: Output | undefined

  constructor(query: RowQuery) {
    this.#query = query
    this.#encoder = rowEncoder(query)
  }

  get isEmpty(): boolean {
    return this.#count === 0
  }

  get isWithinRow(): boolean {
    return this.#begun !== undefined
  }

  /** A row, or a packet of a row that is longer than a packet. False: the block must be taken before. */
  add(packet: Slice): boolean {
    if (this.#begun || packet.end - packet.start === longestPayload) return this.#addPart(packet)
    if (this.#count === 0) this.#limit = this.#size.next()
    const output = this.#output
    const end = output.at + this.#encoder.room(packet)
    if (this.#count > 0 && (end > this.#limit || this.#longLine)) return false
    if (end > output.bytes.length) output.bytes = Buffer.allocUnsafeSlow(end)
    this.#encoder.encode(packet, output)
    this.#count += 1
    return true
  }

  /** The rows so far; the buffer is used again after the next block. Fails when their text is no UTF-8. */
  take(): RowBlock {
    const { bytes, at } = this.#longLine ?? this.#output
    const block = { lines: bytes.subarray(0, at), count: this.#count }
    assertUtf8(block.lines, this.#query.stream)
    if (!this.#longLine) {
      this.#output = { bytes: this.#spare, at: 0 }
      this.#spare = bytes
    }
    this.#longLine = undefined
    this.#count = 0
    this.#size.taken()
    return block
  }

  #addPart(packet: Slice): boolean {
    if (this.#count > 0) return false
    this.#begun ??= new LongRow(this.#query)
    this.#begun.add(packet.bytes.subarray(packet.start, packet.end))
    if (packet.end - packet.start === longestPayload) return true
    this.#begun.end()
    this.#longLine = this.#begun
    this.#begun = undefined
    this.#count = 1
    return true
  }
}
