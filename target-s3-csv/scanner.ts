import type { Log } from '../singer/log.js'
import { Cells } from './cells.js'
import type { Flatten } from './columns.js'
import type { Dialect } from './csv.js'
import { LineScanner } from './line-scanner.js'
import { Notes } from './notes.js'
import { RowBuffers } from './rows.js'
import type { Scanner } from './scan.js'

export interface ScanOptions {
  readonly dialect: Dialect
  readonly flatten: Flatten
  /** Appends the `_sdc_*` columns. */
  readonly metadataColumns: boolean
  readonly invalidRecords: 'stop' | 'dead_letter'
  readonly extraProperties: 'warn' | 'stop' | 'column'
  /** The columns named in the object name's `{column:…}` placeholders, in their order. */
  readonly partitionColumns: readonly string[]
  /** Leaves the partition columns out of the CSV, as Hive wants it when they stand in the name as `column=value`. */
  readonly hivePartitions: boolean
  /** A table's rows want to be taken from this size on. */
  readonly rowsBytes: number
  /** And from this many rows on; infinite where the size alone decides. `Rows.limit` begins with it. */
  readonly rowsCount: number
  readonly log: Log
}

/**
 * Singer messages to rows of CSV. `scan` throws a ProtocolError that names line, stream and column, never a value; a
 * scanner that has thrown is of no use any more.
 */
export function createScanner(options: ScanOptions): Scanner {
  const buffers = new RowBuffers(options.rowsBytes)
  const notes = new Notes(options.log)
  const lines = new LineScanner({ options, buffers, notes, cells: new Cells(options.dialect) })
  return {
    tables: lines.tables,
    scan: (block) => lines.scan(block),
    release: (bytes) => buffers.release(bytes),
    finish: () => notes.finish(),
  }
}
