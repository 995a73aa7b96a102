import type { Log } from '../singer/log.js'
import { type Compression, createCompression } from './compression.js'
import type { Naming } from './names.js'
import type { Rows, ScanEvent, Table } from './scan.js'

export type Invalid = Extract<ScanEvent, { type: 'INVALID' }>

const worthWriting = 64 << 10

/**
 * Records that broke their schema, as NDJSON: `{stream, line, column, reason, record}`, the record byte for byte.
 * They wait here as rows do in a table, so that states wait for them too.
 */
export class DeadLetters {
  readonly #letters = new Map<string, Letters>()
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  /** Its stream's letters when they are worth to be written. */
  add(invalid: Invalid): Rows | undefined {
    const letters = this.#letters.get(invalid.stream) ?? new Letters(invalid.stream)
    this.#letters.set(invalid.stream, letters)
    letters.add(invalid)
    return letters.bytes >= worthWriting ? letters : undefined
  }

  owns(rows: Rows): boolean {
    return rows instanceof Letters
  }

  *pending(): Iterable<Rows> {
    for (const letters of this.#letters.values()) if (letters.count > 0) yield letters
  }

  /** To call at the end. */
  finish(): void {
    for (const { table, total } of this.#letters.values()) {
      this.#log.warning(`stream ${table.stream}: records broke their schema and are kept apart`, { records: total })
    }
  }
}

/** Beside the objects of the rows, in a folder that Athena, Hive and Spark pass over. */
export function deadLetterNaming(naming: Naming): Naming {
  const cut = naming.prefix.lastIndexOf('/') + 1
  return {
    ...naming,
    template: `${naming.template.replace(/\.(\w+|\{ext\})$/, '')}.ndjson`,
    prefix: `${naming.prefix.slice(0, cut)}_invalid/${naming.prefix.slice(cut)}`,
    extension: 'ndjson',
    suffix: '',
  }
}

export const deadLetterCompression: Compression = { ...createCompression('none'), contentType: 'application/x-ndjson' }

class Letters implements Rows {
  readonly table: Table
  readonly partition = []
  limit = Number.POSITIVE_INFINITY
  count = 0
  bytes = 0
  total = 0
  #lines: Buffer[] = []

  constructor(stream: string) {
    this.table = { stream, columns: [], header: Buffer.alloc(0), pending: () => (this.count > 0 ? [this] : []) }
  }

  add({ stream, line, column, reason, record }: Invalid): void {
    const head = JSON.stringify({ stream, line, column, reason }).slice(0, -1)
    const text = Buffer.concat([Buffer.from(`${head},"record":`), record, Buffer.from('}\n')])
    this.#lines.push(text)
    this.count++
    this.total++
    this.bytes += text.length
  }

  take(): { bytes: Buffer; count: number } {
    const taken = { bytes: Buffer.concat(this.#lines), count: this.count }
    this.#lines = []
    this.count = 0
    this.bytes = 0
    return taken
  }
}
