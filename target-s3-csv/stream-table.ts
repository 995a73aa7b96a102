import type { Cells } from './cells.js'
import type { Column } from './columns.js'
import type { Constants } from './constants.js'
import type { Extras } from './extras.js'
import { InvalidRecord, type InvalidValue } from './invalid.js'
import type { Notes } from './notes.js'
import { Partitions, type PartitionsOptions } from './partitions.js'
import type { RecordScanner } from './record.js'
import type { RowWriter } from './row.js'
import type { GrowingRows } from './rows.js'
import type { Rules } from './rules.js'
import type { Rows, Table } from './scan.js'
import type { SchemaMessage } from './schema-message.js'

/** The parts that a SCHEMA is compiled to. */
export interface TableParts {
  readonly stream: string
  readonly message: SchemaMessage
  readonly columns: readonly Column[]
  readonly header: Buffer
  readonly record: RecordScanner
  readonly rules: Rules
  readonly extras: Extras
  readonly row: RowWriter
  readonly cells: Cells
  readonly constants: Constants
  readonly partitions: Omit<PartitionsOptions, 'table'>
  readonly notes: Notes
  /** Bytes that a row may take: so many for each byte of its line, and so many beyond those and the constants. */
  readonly growth: number
  readonly overhead: number
}

/** A SCHEMA, compiled: from the bytes of its records to the bytes of their rows. */
export class StreamTable implements Table {
  readonly stream: string
  readonly columns: readonly Column[]
  readonly header: Buffer
  readonly identity: string
  readonly constants: Constants
  readonly #parts: TableParts
  readonly #partitions: Partitions
  /** The last record had members beside the SCHEMA. */
  #hasExtra = false

  constructor(parts: TableParts) {
    this.stream = parts.stream
    this.columns = parts.columns
    this.header = parts.header
    this.identity = parts.message.identity
    this.constants = parts.constants
    this.#parts = parts
    this.#partitions = new Partitions({ ...parts.partitions, table: this })
  }

  pending(): Iterable<Rows> {
    return this.#partitions.pending()
  }

  /** Finds the values of the record whose brace stands at `pos`; returns the position after it. */
  scan(view: DataView, pos: number): number {
    this.#parts.extras.clear()
    return this.#parts.record.scan(view, pos)
  }

  /** Checks what was found and writes its row. `length`: of the line. @throws InvalidRecord, and then nothing is written. */
  add(view: DataView, length: number): GrowingRows {
    const { rules, extras, cells, row, constants, growth, overhead } = this.#parts
    rules.check(view)
    if (!extras.isEmpty || this.#hasExtra) this.#settleExtras()
    const rows = this.#partitions.rowsFor(view)
    cells.out = rows.reserve(growth * length + overhead + constants.length)
    cells.at = rows.bytes
    row.write(view)
    rows.add(cells.at)
    if (row.hasNotes) this.#note()
    return rows
  }

  #settleExtras() {
    const { extras, constants } = this.#parts
    this.#hasExtra = !extras.isEmpty
    constants.extra(extras.isEmpty ? undefined : extras.settle())
  }

  /** What an InvalidValue, thrown while the row was written, says of the record. */
  invalid(cause: InvalidValue): InvalidRecord {
    return new InvalidRecord(this.#column(this.#parts.row.column), cause.message, { cause })
  }

  #note() {
    const { row, notes } = this.#parts
    if (row.nulColumn >= 0) notes.add('nul', this.stream, this.#column(row.nulColumn))
    if (row.isQuotedNull) notes.add('quotedNull', this.stream, this.#column(0))
  }

  #column(index: number): string {
    return this.columns[index]?.name ?? ''
  }
}
