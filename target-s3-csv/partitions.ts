import { bufferOf } from '../singer/bytes.js'
import { GrowingRows, type RowBuffers } from './rows.js'
import type { Table } from './scan.js'
import { kinds, type Values } from './values.js'

/** https://cwiki.apache.org/confluence/display/hive/tutorial: NULL, and the empty string too. */
const nullPartition = '__HIVE_DEFAULT_PARTITION__'

export interface PartitionsOptions {
  readonly table: Table
  readonly values: Values
  /** Those whose values make the partition; none: one partition for all rows. */
  readonly properties: readonly number[]
  readonly buffers: RowBuffers
  readonly rowsCount: number
}

/** The rows of a table by partition. */
export class Partitions {
  readonly #options: PartitionsOptions
  readonly #rows = new Map<string, GrowingRows>()
  // Rows of one partition often come in a run: the last record's values, and where its row went.
  #last: readonly Buffer[] = []
  #current: GrowingRows | undefined

  constructor(options: PartitionsOptions) {
    this.#options = options
  }

  /** Where the row of the record belongs whose values were found in `view`. */
  rowsFor(view: DataView): GrowingRows {
    if (this.#current !== undefined && this.#last.length === 0) return this.#current
    const isSame = this.#options.properties.every((property, index) =>
      this.#json(view, property).equals(this.#last[index] ?? empty),
    )
    if (this.#current === undefined || !isSame) this.#current = this.#find(view)
    return this.#current
  }

  *pending(): Generator<GrowingRows> {
    for (const rows of this.#rows.values()) if (rows.count > 0) yield rows
  }

  #find(view: DataView): GrowingRows {
    const { table, properties, buffers, rowsCount } = this.#options
    this.#last = properties.map((property) => Buffer.from(this.#json(view, property)))
    const partition = properties.map((property) => this.#text(view, property))
    const key = JSON.stringify(partition)
    const rows = this.#rows.get(key) ?? new GrowingRows({ table, partition, buffers, limit: rowsCount })
    this.#rows.set(key, rows)
    return rows
  }

  /** A string with its quotes; `null` and what is absent: nothing. */
  #json(view: DataView, property: number): Buffer {
    const { values } = this.#options
    const kind = values.kind(property)
    const quotes = Number(values.isString(property))
    if (kind === kinds.absent || kind === kinds.null) return empty
    return bufferOf(view, values.start(property) - quotes, values.end(property) + quotes)
  }

  #text(view: DataView, property: number): string {
    const json = this.#json(view, property).toString()
    const text = json.startsWith('"') ? String(JSON.parse(json)) : json
    return text === '' ? nullPartition : text
  }
}

const empty = Buffer.alloc(0)
