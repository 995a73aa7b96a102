import { type Json, type RecordLines, SourceError, type Stream, stableText } from '../../singer/index.js'
import { asObject } from '../../singer/json.js'
import type { Log } from '../../singer/log.js'
import type { SchemaMessage } from '../../singer/messages.js'
import type { JsonSchema } from '../../singer/schema.js'
import type { Page } from '../page/page.js'
import type { StreamPlan } from '../settings/plan.js'
import { lineEnds, type PageEnds } from './record-line-ends.js'
import { RecordBlocks } from './record-lines.js'
import { recordShapeOf } from './shape-record.js'
import { ShapeWalk } from './shape-walk.js'
import { StreamShape } from './stream-shape.js'
import { UnnamedKeys } from './unnamed-keys.js'

export interface RecordWriter {
  /** The SCHEMA as it stands now: to be sent before the first record. */
  schema(): SchemaMessage
  /**
   * RECORD lines of these records (indexes, ascending), the `include` columns before their own. A SCHEMA, wider than the
   * one before, stands before the first record that needs it. Whole streams carry the `version` with which the writer was
   * opened (sync-stream.ts: as tap-mysql, ACTIVATE_VERSION at the end, on the first sync ever also at the start).
   * @throws SourceError for a record without a value for its key, and for one with a field called as an `include` column.
   */
  write(page: Page, records: readonly number[], included: readonly Json[]): Generator<SchemaMessage | RecordLines>
}

export interface RecordWriterOptions {
  readonly stream: Stream
  readonly plan: StreamPlan
  readonly log: Log
  readonly version?: number
  /** Now, in RFC 3339. */
  readonly timeExtracted?: () => string
}

export function openRecordWriter(options: RecordWriterOptions): RecordWriter {
  return new Writer(options)
}

class Writer implements RecordWriter {
  readonly #options: RecordWriterOptions
  readonly #known: StreamShape
  readonly #blocks: RecordBlocks
  readonly #walk = new ShapeWalk()
  readonly #unnamed: UnnamedKeys
  #sent: JsonSchema
  /** Of this run. */
  #count = 0
  #includedKeys = 0
  readonly #allKeys: number

  constructor(options: RecordWriterOptions) {
    const { stream, plan, log } = options
    const { schema, deselected, keyProperties, isWanted } = stream
    const isDeclared = 'declared' in plan.schema
    this.#options = options
    this.#sent = schema
    this.#allKeys = keyProperties.reduce((bits, _, i) => bits | (1 << i), 0)
    this.#known = new StreamShape(
      plan,
      recordShapeOf(plan, { schema, deselected, keyProperties, isDeclared, isWanted }),
    )
    this.#blocks = new RecordBlocks(stream.name)
    this.#unnamed = new UnnamedKeys(stream.id, log)
  }

  schema(): SchemaMessage {
    const { name, keyProperties, replicationKey } = this.#options.stream
    return {
      type: 'SCHEMA',
      stream: name,
      schema: this.#known.schema(),
      key_properties: keyProperties,
      ...(replicationKey !== undefined && { bookmark_properties: [replicationKey] }),
    }
  }

  *write(page: Page, records: readonly number[], included: readonly Json[]): Generator<SchemaMessage | RecordLines> {
    if (records.length === 0) return
    const { ends, isWider } = this.#begin(included)
    if (isWider) yield this.#widerSchema()
    for (let i = 0; i < records.length; i++) {
      let columns = this.#columns(page, records[i])
      if (!this.#walk.fits) {
        yield* this.#taken()
        if (this.#widen(page, records.slice(i))) yield this.#widerSchema()
        columns = this.#columns(page, records[i])
      }
      this.#check()
      const line = this.#walk.isEmpty ? ends.empty : ends.usual
      if (!this.#blocks.hasRoom(line.prefix.length + columns.length + line.suffix.length)) yield* this.#taken()
      this.#blocks.add(line, columns, this.#walk.cuts)
    }
    yield* this.#taken()
    this.#walk.forget()
    this.#unnamed.report()
  }

  /** A target may begin another file or alter a table: people want to know why. */
  #widerSchema(): SchemaMessage {
    const { stream, log } = this.#options
    const message = this.schema()
    const columns = changedColumns(this.#sent, message.schema).slice(0, mostColumns)
    log.info('records have what the schema does not: it is wider from here on', { stream: stream.id, columns })
    this.#sent = message.schema
    return message
  }

  #begin(included: readonly Json[]): { ends: PageEnds; isWider: boolean } {
    const { stream, version, timeExtracted = () => new Date().toISOString() } = this.#options
    const { members: first, keys, isWider } = this.#known.include(included)
    this.#includedKeys = keys
    return { ends: lineEnds({ stream: stream.name, first, version, timeExtracted: timeExtracted() }), isWider }
  }

  /** Examined, too. */
  #columns(page: Page, index = 0): Buffer {
    const columns = this.#known.columns(page.record(index))
    this.#known.examine(columns, this.#walk)
    return columns
  }

  /** By all that is left of the page: one SCHEMA instead of many, and a null that comes first is no riddle. */
  #widen(page: Page, records: readonly number[]): boolean {
    for (const [i, index] of records.entries()) {
      const columns = this.#columns(page, index)
      const isWider = !this.#walk.fits && this.#known.widen(columns)
      // A key that stands twice in a record can be new to the walk alone.
      if (i === 0 && !isWider) return false
    }
    return true
  }

  #check(): void {
    this.#count++
    const { stream } = this.#options
    const { keys, refused, unnamed } = this.#walk
    if (unnamed.length > 0) this.#unnamed.add(unnamed)
    const present = keys | this.#includedKeys
    if (present !== this.#allKeys) {
      const missing = stream.keyProperties.find((_, i) => ((present >>> i) & 1) === 0)
      throw this.#failure(`has no value for its key ${missing}; correct primary_key in the settings`)
    }
    if (refused !== undefined) throw this.#failure(`has a field ${refused} of its own; rename that column of include`)
  }

  #failure(problem: string): SourceError {
    return new SourceError(`read ${this.#options.stream.id}: record ${this.#count} of this run ${problem}`)
  }

  *#taken(): Generator<RecordLines> {
    const lines = this.#blocks.take()
    if (lines) yield lines
  }
}

/** So many are told. */
const mostColumns = 20

function changedColumns(before: JsonSchema, after: JsonSchema): string[] {
  const [old, now] = [asObject(before.properties), asObject(after.properties)]
  return Object.keys(now).filter((name) => stableText(old[name] ?? null) !== stableText(now[name] ?? null))
}
