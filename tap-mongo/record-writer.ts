import type { Message, RecordLines } from '../singer/index.js'
import type { JsonSchema } from '../singer/schema.js'
import type { Config, StreamConfig } from './config.js'

/** The documents of one stream as messages. */
export interface RecordWriter {
  /** The SCHEMA as it is known by now; the stream's first message, whatever follows. */
  schema(): Message
  /**
   * RECORD lines of these documents (BSON), in their order, in blocks of about 512 KiB; before a document with a new field
   * or type, the wider SCHEMA. Every line of a block is unchanged until two more messages have been pulled.
   */
  write(documents: readonly Buffer[], stamp?: Stamp): Generator<Message | RecordLines>
  /** Field path → how many of its values no JSON could hold and became null. */
  readonly nulled: ReadonlyMap<string, number>
}

/** What a record says beside its document. */
export interface Stamp {
  /** Of the RECORD. */
  readonly version?: number | undefined
  /** Milliseconds since 1970: the document is gone; what is written is its key, or its pre-image. */
  readonly deletedAt?: number | undefined
}

export interface WriterOptions {
  /** The name on the wire. */
  readonly stream: string
  readonly config: Config
  readonly own: StreamConfig
  /** What is known, as the catalog has it: selected properties only. */
  readonly schema: JsonSchema
  /** Breadcrumbs of properties that are left out. */
  readonly deselected: readonly (readonly string[])[]
  readonly keyProperties: readonly string[]
  readonly bookmarkProperties: readonly string[]
  /** LOG_BASED: the schema has `_sdc_deleted_at`. */
  readonly hasDeletes: boolean
}

export function recordWriter(_options: WriterOptions): RecordWriter {
  throw new Error('contract')
}

/** The schema of documents that were looked at; `{}` of none but `_id`. */
export function sampledSchema(_documents: Iterable<Buffer>, _config: Config): JsonSchema {
  throw new Error('contract')
}
