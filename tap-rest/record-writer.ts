import type { Json, RecordLines } from '../singer/index.js'
import type { SchemaMessage } from '../singer/messages.js'
import type { Page } from './page.js'

export interface RecordWriter {
  /** The SCHEMA as it stands now: to be sent before the first record. */
  schema(): SchemaMessage
  /**
   * RECORD lines of these records (indexes, ascending), the `include` columns before their own. A SCHEMA, wider than the
   * one before, stands before the first record that needs it. Whole streams carry the `version` with which the writer was
   * opened (sync-stream.ts: as tap-mysql, ACTIVATE_VERSION at the end, on the first sync ever also at the start).
   */
  write(page: Page, records: readonly number[], included: readonly Json[]): Generator<SchemaMessage | RecordLines>
}
