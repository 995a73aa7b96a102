import type { Column } from './columns.js'

/**
 * CSV rows of one stream and one partition that are scanned, but in no object yet. The same value for the same
 * partition for as long as its table stands.
 */
export interface Rows {
  readonly table: Table
  /** Text of the partition columns' values, in the order of the name's placeholders; empty without partitions. */
  readonly partition: readonly string[]
  readonly count: number
  readonly bytes: number
  /** They want to be taken from this many rows on. Set by the taker; at first the option `rowsCount`. */
  limit: number
  /** Hands the bytes over and starts anew. The buffer is the caller's until it is given to `release`. */
  take(): { readonly bytes: Buffer; readonly count: number }
}

/** One SCHEMA of one stream, compiled. */
export interface Table {
  readonly stream: string
  readonly columns: readonly Column[]
  /** Byte order mark and header line as the dialect wants them; may be empty. Opens every object. */
  readonly header: Buffer
  /** Those that hold rows. */
  pending(): Iterable<Rows>
}

export type ScanEvent =
  /** A first or a changed SCHEMA. Rows of `previous` must be finished before the next event is pulled. */
  | { readonly type: 'SCHEMA'; readonly table: Table; readonly previous: Table | undefined }
  /** These rows have reached the size or the number at which they want to be taken; they come before the next row. */
  | { readonly type: 'ROWS'; readonly rows: Rows }
  /** `text`: the value byte for byte as it came. */
  | { readonly type: 'STATE'; readonly text: string }
  | { readonly type: 'ACTIVATE_VERSION'; readonly stream: string; readonly version: number }
  /** Only with `invalid_records: dead_letter`. `record`: the bytes of the record, valid until the next pull. */
  | {
      readonly type: 'INVALID'
      readonly stream: string
      /** 1-based, over the whole input. */
      readonly line: number
      readonly column: string
      readonly reason: string
      readonly record: Buffer
    }

export interface Scanner {
  /** RECORD lines go into their table's rows; everything else comes out as an event, in the order of the input. */
  scan(lines: Buffer): Iterable<ScanEvent>
  /** The latest table of each stream. */
  readonly tables: Iterable<Table>
  /** Gives back a buffer that came from `take`, to be filled anew. */
  release(bytes: Buffer): void
  /** To call after the last line: says how often happened what was warned of once. */
  finish(): void
}
