import { viewOf } from '../singer/bytes.js'
import { CellText } from './cell-text.js'
import type { Source } from './columns.js'
import { conversionOf } from './conversions.js'
import type { Dialect } from './csv.js'
import type { Envelope } from './envelope.js'
import { InvalidRecord, InvalidValue } from './invalid.js'
import { metadataNames } from './metadata-columns.js'
import type { RecordLine } from './record-line.js'
import { nullableDateTime } from './shape.js'

type Name = Exclude<Source, number>

const names: readonly Name[] = [...metadataNames, 'extra']

/** Where a column that comes from no property has its cell in `Constants.cells`. */
export function constantIndex(name: Name): number {
  return names.indexOf(name)
}

export interface ConstantsOptions {
  readonly dialect: Dialect
  /** Whether the metadata columns are there at all. */
  readonly hasMetadata: boolean
  readonly keyProperties: readonly string[]
}

/** What the record's envelope and the clock say: cells that are the same for many rows. */
export class Constants {
  readonly cells: DataView[]
  /** Of all cells together. */
  length = 0
  readonly #text: CellText
  readonly #dialect: Dialect
  readonly #hasMetadata: boolean
  #arrived: Date | undefined
  #line: RecordLine | undefined

  constructor({ dialect, hasMetadata, keyProperties }: ConstantsOptions) {
    this.#text = new CellText(dialect)
    this.#dialect = dialect
    this.#hasMetadata = hasMetadata
    this.cells = names.map(() => viewOf(this.#text.nothing))
    this.length = names.length * this.#text.nothing.length
    this.#set('_sdc_primary_key', this.#text.json(JSON.stringify(keyProperties)))
  }

  /** When the rows arrived that are scanned from here on. */
  arrived(time: Date) {
    if (!this.#hasMetadata || time === this.#arrived) return
    this.#arrived = time
    const cell = this.#dateTime(time.toISOString())
    this.#set('_sdc_received_at', cell)
    this.#set('_sdc_batched_at', cell)
    this.#set('_sdc_sequence', Buffer.from(String(time.getTime())))
  }

  /** Whether what messages like this one say beside their record stands in the cells. */
  isFrom(line: RecordLine): boolean {
    return this.#line === line || !this.#hasMetadata
  }

  /** What a message says beside its record. @throws InvalidRecord, and then nothing has changed. */
  sent(message: Envelope, line: RecordLine) {
    if (!this.#hasMetadata) return
    const [extractedAt, version] = [message.string('time_extracted'), message.number('version')]
    this.#set('_sdc_extracted_at', extractedAt === undefined ? this.#text.nothing : this.#extractedAt(extractedAt))
    this.#set('_sdc_table_version', version === undefined ? this.#text.nothing : Buffer.from(version))
    this.#line = line
  }

  /** JSON text; undefined: none. */
  extra(json: string | undefined) {
    this.#set('extra', json === undefined ? this.#text.nothing : this.#text.json(json))
  }

  #extractedAt(text: string): Buffer {
    try {
      return this.#dateTime(text)
    } catch (cause) {
      if (cause instanceof InvalidValue) throw new InvalidRecord('time_extracted', cause.message, { cause })
      throw cause
    }
  }

  #dateTime(text: string): Buffer {
    const convert = conversionOf(nullableDateTime, this.#dialect, this.#text.cells)
    const bytes = viewOf(Buffer.from(text))
    if (convert === undefined) return this.#text.string(text)
    return this.#text.written(bytes.byteLength, () => convert(bytes, 0, bytes.byteLength))
  }

  #set(name: Name, cell: Buffer) {
    const index = constantIndex(name)
    this.length += cell.length - (this.cells[index]?.byteLength ?? 0)
    this.cells[index] = viewOf(cell)
  }
}
