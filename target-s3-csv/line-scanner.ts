import { isUtf8 } from 'node:buffer'
import { viewOf } from '../singer/bytes.js'
import { ProtocolError } from '../singer/errors.js'
import { JsonError, NEWLINE, OPEN_OBJECT } from '../singer/json-syntax.js'
import { Envelope, type EnvelopeKey } from './envelope.js'
import { InvalidRecord, InvalidValue } from './invalid.js'
import { skipSpace } from './json-bytes.js'
import { RecentLines, RecordLine } from './record-line.js'
import type { ScanEvent, Table } from './scan.js'
import { parseSchema } from './schema-message.js'
import type { StreamTable } from './stream-table.js'
import { compileTable, type TableContext } from './table.js'
import { kinds } from './values.js'

/** Reads messages line by line: what RECORD lines hold goes into rows, all else is an event. */
export class LineScanner {
  readonly tables: Iterable<Table>
  readonly #context: TableContext
  readonly #tables = new Map<string, StreamTable>()
  readonly #envelope = new Envelope()
  readonly #recent = new RecentLines()
  #lines: Buffer = Buffer.alloc(0)
  #view: DataView = viewOf(this.#lines)
  #arrived = new Date()
  // The line under way: where it begins, its number over all blocks, and its stream once that is known.
  #pos = 0
  #number = 1
  #stream: string | undefined
  /** The table of the last record. */
  #table: StreamTable | undefined

  constructor(context: TableContext) {
    this.#context = context
    this.tables = { [Symbol.iterator]: () => this.#tables.values() }
  }

  *scan(block: Buffer): Generator<ScanEvent> {
    const end = isUtf8(block) ? block.length : invalidLine(block)
    this.#lines = block.subarray(0, end)
    this.#view = viewOf(this.#lines)
    this.#pos = 0
    this.#arrived = new Date()
    while (this.#pos < end) {
      const event = this.#next()
      if (event !== undefined) yield event
    }
    if (end < block.length) throw this.#refusal('holds bytes that are no UTF-8')
  }

  #next(): ScanEvent | undefined {
    try {
      return this.#alikeRecords() ?? (this.#pos < this.#lines.length ? this.#line() : undefined)
    } catch (cause) {
      return this.#deadLetter(cause)
    }
  }

  /** The hot loop: lines that differ from a recent RECORD line in the record, or in what comes after it. */
  #alikeRecords(): ScanEvent | undefined {
    const lines = this.#view
    while (this.#pos < lines.byteLength) {
      const like = this.#recent.find(lines, this.#pos)
      if (like === undefined || lines.getUint8(this.#pos + like.length) !== OPEN_OBJECT) break
      const { table } = like
      this.#begin(table)
      const end = table.scan(lines, this.#pos + like.length)
      const expected = table.constants.isFrom(like) ? like.lineAfter(lines, end) : -1
      const next = expected < 0 ? this.#otherEnd(like, end) : expected
      if (next < 0) break
      const rows = table.add(lines, next - this.#pos)
      this.#advance(next)
      if (rows.isFull) return { type: 'ROWS', rows }
    }
    return undefined
  }

  #begin(table: StreamTable) {
    this.#table = table
    this.#stream = table.stream
    table.constants.arrived(this.#arrived)
  }

  /** After the record, such as another `time_extracted`: the position of the next line, or -1 where more is different. */
  #otherEnd(like: RecordLine, pos: number): number {
    const envelope = this.#envelope
    const next = skipSpace(this.#view, envelope.scanRest(this.#view, pos)) + 1
    const isOther = envelope.has('type') || envelope.has('stream') || envelope.has('record')
    if (isOther || !like.isBare || this.#view.getUint8(next - 1) !== NEWLINE) return -1
    like.table.constants.sent(envelope, like)
    like.endsWith(this.#lines.subarray(pos, next))
    return next
  }

  /** Any line. */
  #line(): ScanEvent | undefined {
    const lines = this.#view
    const begin = skipSpace(lines, this.#pos)
    this.#stream = undefined
    if (lines.getUint8(begin) === NEWLINE) return this.#advance(begin + 1)
    if (lines.getUint8(begin) !== OPEN_OBJECT)
      throw new ProtocolError('is no JSON object, as every Singer message must be')
    const end = skipSpace(lines, this.#envelope.scan(lines, begin))
    if (lines.getUint8(end) !== NEWLINE) throw new JsonError('more text after the end of the object', end)
    this.#stream = this.#envelope.string('stream')
    const event = this.#message(end + 1)
    this.#advance(end + 1)
    return event
  }

  #advance(next: number): undefined {
    this.#pos = next
    this.#number++
  }

  #message(next: number): ScanEvent | undefined {
    const type = this.#envelope.string('type')
    if (type === undefined) throw new ProtocolError('is a message without a type')
    switch (type.toUpperCase()) {
      case 'RECORD':
        return this.#record(next)
      case 'SCHEMA':
        return this.#schema()
      case 'STATE':
        return this.#state()
      case 'ACTIVATE_VERSION':
        return this.#activateVersion()
      case 'BATCH':
        throw new ProtocolError('is a BATCH: its rows are in files, which are not read here; let the tap send RECORDs')
      default:
        this.#context.notes.unknownType(type)
        return undefined
    }
  }

  #record(next: number): ScanEvent | undefined {
    const envelope = this.#envelope
    const table = this.#tables.get(this.#streamOf('RECORD'))
    if (table === undefined) throw new ProtocolError('is a RECORD, but the SCHEMA of its stream has not come before it')
    if (envelope.kind('record') !== kinds.object) throw new ProtocolError('is a RECORD whose `record` is no object')
    this.#begin(table)
    const line = this.#recordLine(table, next)
    table.constants.sent(envelope, line)
    this.#recent.add(line)
    table.scan(this.#view, envelope.start('record'))
    const rows = table.add(this.#view, next - this.#pos)
    return rows.isFull ? { type: 'ROWS', rows } : undefined
  }

  #recordLine(table: StreamTable, next: number): RecordLine {
    const [envelope, begin] = [this.#envelope, this.#pos]
    const [start, end] = [envelope.start('record'), envelope.end('record')]
    const isAfter = (key: EnvelopeKey) => !envelope.has(key) || envelope.start(key) > end
    const isBare = isAfter('time_extracted') && isAfter('version')
    const line = this.#lines.subarray(begin, next)
    return new RecordLine({ table, line, start: start - begin, end: end - begin, isBare })
  }

  #schema(): ScanEvent | undefined {
    const stream = this.#streamOf('SCHEMA')
    const message = parseSchema(this.#lines.toString('utf8', this.#pos, this.#lines.indexOf(NEWLINE, this.#pos)))
    const previous = this.#tables.get(stream)
    if (previous?.identity === message.identity) return undefined
    const table = compileTable(stream, message, this.#context)
    this.#tables.set(stream, table)
    this.#recent.drop(stream)
    return { type: 'SCHEMA', table, previous }
  }

  #state(): ScanEvent {
    if (this.#envelope.kind('value') !== kinds.object) throw new ProtocolError('is a STATE whose `value` is no object')
    return { type: 'STATE', text: this.#envelope.json('value') }
  }

  #activateVersion(): ScanEvent {
    const version = this.#envelope.number('version')
    if (version === undefined) throw new ProtocolError('is an ACTIVATE_VERSION without a `version`')
    return { type: 'ACTIVATE_VERSION', stream: this.#streamOf('ACTIVATE_VERSION'), version: Number(version) }
  }

  #streamOf(type: string): string {
    if (this.#stream === undefined) throw new ProtocolError(`is a ${type} that names no stream`)
    return this.#stream
  }

  /** A record that breaks its SCHEMA, when those are wanted. @throws ProtocolError for everything else. */
  #deadLetter(cause: unknown): ScanEvent {
    const invalid = cause instanceof InvalidValue ? this.#table?.invalid(cause) : cause
    if (!(invalid instanceof InvalidRecord) || this.#context.options.invalidRecords === 'stop') {
      throw this.#named(invalid)
    }
    const [line, begin] = [this.#number, this.#pos]
    this.#envelope.scan(this.#view, skipSpace(this.#view, begin))
    this.#advance(this.#lines.indexOf(NEWLINE, begin) + 1)
    const record = this.#lines.subarray(this.#envelope.start('record'), this.#envelope.end('record'))
    return {
      type: 'INVALID',
      stream: this.#stream ?? '',
      line,
      column: invalid.column,
      reason: invalid.message,
      record,
    }
  }

  /** The same with the line's number and stream, if it is about the line. */
  #named(cause: unknown): unknown {
    if (cause instanceof InvalidRecord) {
      const advice = 'correct the tap or its catalog, or set `invalid_records: dead_letter`'
      return this.#refusal(`column ${cause.column} ${cause.message}; ${advice}`, cause)
    }
    if (cause instanceof JsonError) {
      return this.#refusal(`is no JSON: ${cause.message}, at byte ${cause.position - this.#pos + 1}`, cause)
    }
    return cause instanceof ProtocolError ? this.#refusal(cause.message, cause) : cause
  }

  #refusal(problem: string, cause?: Error): ProtocolError {
    const stream = this.#stream === undefined ? '' : `, stream ${this.#stream}`
    return new ProtocolError(`line ${this.#number} of the input${stream}: ${problem}`, { cause })
  }
}

/** Where the first line begins that is no UTF-8. */
function invalidLine(block: Buffer): number {
  let begin = 0
  for (;;) {
    const end = block.indexOf(NEWLINE, begin) + 1
    if (end === 0 || !isUtf8(block.subarray(begin, end))) return begin
    begin = end
  }
}
