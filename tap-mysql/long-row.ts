import { nullText, type Output, type Slice, write } from './encode.js'
import { bytesOfLength, nullLength, readLength } from './length.js'
import { type RowColumn, rowColumns } from './row-columns.js'
import type { RowQuery } from './rows.js'

const firstSize = 256 * 1024 * 1024
const pieceLength = 1024 * 1024

/**
 * The line of a row that arrives in several packets. Long values are written piece by piece, so only the line is whole
 * in memory; pages of `bytes` that are never written take none.
 */
export class LongRow implements Output {
  bytes = Buffer.allocUnsafeSlow(firstSize)
  at = 0
  readonly #suffix: Buffer
  readonly #columns: readonly RowColumn[]
  #index = 0
  /** How much of the present value is still to be written; undefined before its length has arrived. */
  #left: number | undefined
  /** What has arrived: `start` is behind what has been written. */
  readonly #source: Slice = { bytes: Buffer.alloc(0), start: 0, end: 0 }

  constructor(query: RowQuery) {
    this.#columns = rowColumns(query)
    this.#suffix = query.suffix
    write(query.prefix, this)
  }

  /** The next part of the row. */
  add(part: Buffer): void {
    const source = this.#source
    source.bytes = source.bytes.length === 0 ? part : Buffer.concat([source.bytes, part])
    source.start = 0
    for (let column = this.#columns[this.#index]; column && this.#advance(column); ) column = this.#columns[this.#index]
    // A copy: the next part comes in the same buffer.
    source.bytes = Buffer.from(source.bytes.subarray(source.start))
  }

  /** After the last part. */
  end(): void {
    this.#makeRoom(this.#suffix.length)
    write(this.#suffix, this)
  }

  /** False: more bytes are needed. */
  #advance(column: RowColumn): boolean {
    if (this.#left === undefined) return this.#begin(column)
    const available = this.#source.bytes.length - this.#source.start
    if (column.inPieces) return this.#writePiece(column.inPieces, Math.min(available, pieceLength), this.#left)
    if (available < this.#left) return false
    this.#write(column.encode, this.#left)
    this.#next()
    return true
  }

  #begin(column: RowColumn): boolean {
    const { bytes, start } = this.#source
    const first = bytes[start]
    if (first === undefined || start + bytesOfLength(first) > bytes.length) return false
    this.#source.start += bytesOfLength(first)
    this.#makeRoom(column.label.length + 64)
    write(column.label, this)
    if (first === nullLength) {
      write(nullText, this)
      this.#next()
    } else {
      if (column.inPieces) write(column.inPieces.quote, this)
      this.#left = readLength(bytes, start)
    }
    return true
  }

  #writePiece({ encode, quote, unit }: NonNullable<RowColumn['inPieces']>, available: number, left: number): boolean {
    const length = left <= available ? left : available - (available % unit)
    if (length === 0 && left > 0) return false
    this.#write(encode, length)
    this.#left = left - length
    if (this.#left === 0) {
      this.#makeRoom(quote.length)
      write(quote, this)
      this.#next()
    }
    return true
  }

  #write(encode: (value: Slice, output: Output) => unknown, length: number): void {
    const source = this.#source
    const end = source.start + length
    source.end = end
    this.#makeRoom(6 * length + 64)
    encode(source, this)
    source.start = end
  }

  #next(): void {
    this.#index += 1
    this.#left = undefined
  }

  #makeRoom(length: number): void {
    if (this.at + length <= this.bytes.length) return
    const larger = Buffer.allocUnsafeSlow(this.at + length + 3 * this.bytes.length)
    this.bytes.copy(larger, 0, 0, this.at)
    this.bytes = larger
  }
}
