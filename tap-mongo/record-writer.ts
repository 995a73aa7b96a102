import { type Message, type RecordLines, SourceError, type Stream } from '../singer/index.js'
import type { JsonSchema } from '../singer/schema.js'
import { damagedOr } from './bson/damaged.js'
import { maxLength } from './bson/value-writer.js'
import type { Config, StreamConfig } from './config.js'
import { type Columns, columnsOf, columnsSchema } from './records/columns.js'
import { DocumentWriter } from './records/document-writer.js'
import { type JsonTypes, jsonTypes } from './records/json-types.js'
import { LineWriter } from './records/line-writer.js'
import { NulledFields } from './records/nulled-fields.js'
import { RecordBlocks } from './records/record-blocks.js'
import { widenColumns } from './records/widen-columns.js'

export { sampledSchema } from './records/sampled-schema.js'

/** The documents of one stream as messages. */
export interface RecordWriter {
  /** The SCHEMA as it is known by now; the stream's first message, whatever follows. */
  schema(): Message
  /**
   * RECORD lines of these documents (BSON), in their order, in blocks of about 512 KiB; before a document with a new field
   * or type, the wider SCHEMA. Every line of a block is unchanged until two more messages have been pulled.
   * @throws SourceError for a document without its key, for what is no BSON, and where the settings say so.
   */
  write(documents: readonly Buffer[], stamp?: Stamp): Generator<Message | RecordLines>
  /** Field path → how many of its values no JSON could hold and became null. */
  readonly nulled: ReadonlyMap<string, number>
  /** How many SCHEMAs stood between the records so far. */
  readonly widened: number
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
  readonly isWanted?: Stream['isWanted']
}

export function recordWriter(options: WriterOptions): RecordWriter {
  return new Writer(options)
}

class Writer implements RecordWriter {
  readonly #options: WriterOptions
  readonly #types: JsonTypes
  readonly #columns: Columns
  readonly #blocks: RecordBlocks
  readonly #lines: LineWriter
  readonly #nulled: NulledFields
  widened = 0

  constructor(options: WriterOptions) {
    const { stream, config, own, schema, deselected, keyProperties, hasDeletes, isWanted } = options
    const { defaults = {} } = own
    this.#options = options
    this.#types = jsonTypes(config)
    const known = { schema, deselected, keyProperties, defaults, strategy: config.strategy, hasDeletes, isWanted }
    this.#columns = this.#named(() => columnsOf(known, this.#types))
    this.#blocks = new RecordBlocks(stream)
    const { output } = this.#blocks
    const marks = this.#columns.marked.length
    const documents = new DocumentWriter(output, { options: config, types: this.#types, marks })
    this.#lines = new LineWriter({ stream, columns: this.#columns, keyProperties, defaults }, documents, output)
    this.#nulled = new NulledFields(documents, this.#columns.document)
  }

  get nulled(): ReadonlyMap<string, number> {
    return this.#nulled.counts
  }

  schema(): Message {
    const { stream, keyProperties, bookmarkProperties } = this.#options
    return {
      type: 'SCHEMA',
      stream,
      schema: columnsSchema(this.#columns, this.#types),
      key_properties: keyProperties,
      ...(bookmarkProperties.length > 0 && { bookmark_properties: bookmarkProperties }),
    }
  }

  *write(documents: readonly Buffer[], stamp: Stamp = {}): Generator<Message | RecordLines> {
    const around = this.#lines.begin({ ...stamp, timeExtracted: new Date().toISOString() })
    // Counted by hand: entries() makes an array for each document.
    let done = 0
    for (const document of documents) {
      const atMost = around + this.#maxLength(document)
      if (!this.#blocks.hasRoom(around + document.length, atMost)) yield* this.#taken()
      this.#blocks.begin(atMost)
      done++
      if (this.#add(document)) continue
      yield* this.#taken()
      this.#widen(documents.slice(done - 1))
      yield this.schema()
      this.#blocks.begin(atMost)
      if (!this.#add(document)) throw new Error('a wider schema does not fit its document')
    }
    yield* this.#taken()
  }

  /** False: the columns do not know all of it. */
  #add(document: Buffer): boolean {
    try {
      if (!this.#lines.write(document)) return false
      this.#nulled.count(document)
    } catch (failure) {
      throw this.#failure(failure)
    }
    this.#blocks.end()
    return true
  }

  /** By all that is left of the page: one SCHEMA instead of many, and a null that comes first is no riddle. */
  #widen(documents: readonly Buffer[]): void {
    for (const document of documents) this.#named(() => widenColumns(this.#columns, document, this.#types))
    this.widened++
  }

  *#taken(): Generator<RecordLines> {
    const lines = this.#blocks.take()
    if (!lines) return
    yield lines
    this.#blocks.wanted()
  }

  /** In an envelope, `_id` stands twice. */
  #maxLength({ length }: Buffer): number {
    const { document_format, strategy } = this.#options.config
    return (strategy === 'envelope' ? 2 : 1) * maxLength(length, document_format)
  }

  #named<Result>(step: () => Result): Result {
    try {
      return step()
    } catch (failure) {
      throw this.#failure(failure)
    }
  }

  #failure(failure: unknown): unknown {
    const cause = damagedOr(failure)
    if (!(cause instanceof SourceError)) return cause
    return new SourceError(`read stream ${this.#options.stream}: ${cause.message}`, { cause })
  }
}
