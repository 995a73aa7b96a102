import { bufferOf, viewOf } from '../singer/bytes.js'
import { Cells } from './cells.js'
import type { Dialect } from './csv.js'

/** Cells as buffers of their own: for headers and for what is the same in many rows. */
export class CellText {
  readonly cells: Cells
  readonly nothing: Buffer

  constructor(dialect: Dialect) {
    this.cells = new Cells(dialect)
    this.nothing = Buffer.from(dialect.null)
  }

  string(text: string): Buffer {
    const bytes = viewOf(Buffer.from(text))
    return this.written(bytes.byteLength, () => this.cells.string(bytes, 0, bytes.byteLength))
  }

  /** JSON text, or any that is neither empty nor NULL nor a formula. */
  json(text: string): Buffer {
    const bytes = viewOf(Buffer.from(text))
    return this.written(bytes.byteLength, () => this.cells.text(bytes, 0, bytes.byteLength))
  }

  /** What `write` writes into `cells` from a text of so many bytes. */
  written(length: number, write: () => void): Buffer {
    this.cells.out = viewOf(Buffer.alloc(2 * length + 64))
    this.cells.at = 0
    write()
    return bufferOf(this.cells.out, 0, this.cells.at)
  }
}
