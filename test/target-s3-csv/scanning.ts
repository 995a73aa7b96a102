import type { JsonObject } from '../../singer/json.js'
import { type DialectSettings, dialectOf } from '../../target-s3-csv/csv.js'
import type { Rows, ScanEvent, Scanner } from '../../target-s3-csv/scan.js'
import { createScanner, type ScanOptions } from '../../target-s3-csv/scanner.js'

export interface Scanned {
  /** The CSV of each table in turn, header and rows, by `stream` or `stream/partition`. */
  readonly csv: ReadonlyMap<string, string>
  readonly events: readonly ScanEvent[]
  /** Message and fields as JSON. */
  readonly warnings: readonly string[]
}

type Options = Partial<Omit<ScanOptions, 'dialect'>> & { readonly dialect?: DialectSettings }

export const defaults: Omit<ScanOptions, 'dialect' | 'log'> = {
  flatten: { depth: Number.POSITIVE_INFINITY, separator: '__', maxKeyLength: Number.POSITIVE_INFINITY },
  metadataColumns: false,
  invalidRecords: 'stop',
  extraProperties: 'warn',
  partitionColumns: [],
  hivePartitions: false,
  rowsBytes: 1 << 20,
  rowsCount: Number.POSITIVE_INFINITY,
}

/** Scans blocks of complete lines; a text or a single message is one block. Rows are taken when they want to be. */
export function scan(blocks: readonly (string | Buffer)[], options: Options = {}): Scanned {
  const warnings: string[] = []
  const log = {
    debug() {},
    info() {},
    warning: (message: string, fields?: JsonObject) => void warnings.push(`${message} ${JSON.stringify(fields)}`),
    critical() {},
    redact() {},
  }
  const scanner = createScanner({ ...defaults, log, ...options, dialect: dialectOf(options.dialect ?? {}) })
  const csv = new Map<string, string>()
  const events = blocks.flatMap((block) => scanBlock(scanner, Buffer.from(block), csv))
  for (const table of scanner.tables) for (const rows of table.pending()) take(scanner, rows, csv)
  scanner.finish()
  return { csv, events, warnings }
}

function scanBlock(scanner: Scanner, block: Buffer, csv: Map<string, string>): readonly ScanEvent[] {
  const events: ScanEvent[] = []
  for (const event of scanner.scan(block)) {
    if (event.type === 'ROWS') take(scanner, event.rows, csv)
    else events.push(event.type === 'INVALID' ? { ...event, record: Buffer.from(event.record) } : event)
    if (event.type !== 'SCHEMA') continue
    for (const rows of event.previous?.pending() ?? []) take(scanner, rows, csv)
    if (!csv.has(event.table.stream)) csv.set(event.table.stream, '')
    csv.set(event.table.stream, `${csv.get(event.table.stream)}${event.table.header}`)
  }
  return events
}

function take(scanner: Scanner, rows: Rows, csv: Map<string, string>) {
  const name = [rows.table.stream, ...rows.partition].join('/')
  const { bytes } = rows.take()
  csv.set(name, `${csv.get(name) ?? ''}${bytes}`)
  scanner.release(bytes)
}

/** Lines of messages; a text stands for itself. */
export function lines(...messages: readonly (string | object)[]): string {
  return messages.map((message) => `${typeof message === 'string' ? message : JSON.stringify(message)}\n`).join('')
}

/** `properties`: also as JSON text, where digits or the order of keys matter. */
export function schema(stream: string, properties: string | object, keys: readonly string[] = []): string {
  const text = typeof properties === 'string' ? properties : JSON.stringify(properties)
  const head = `{"type":"SCHEMA","stream":${JSON.stringify(stream)}`
  return `${head},"schema":{"type":"object","properties":${text}},"key_properties":${JSON.stringify(keys)}}`
}

/** `record`: also as JSON text. */
export function record(stream: string, values: string | object): string {
  const text = typeof values === 'string' ? values : JSON.stringify(values)
  return `{"type":"RECORD","stream":${JSON.stringify(stream)},"record":${text}}`
}

/** The CSV of one stream, of records that one SCHEMA describes. */
export function rowsOf(
  properties: string | object,
  records: readonly (string | object)[],
  options: Options = {},
): string {
  const text = lines(schema('a', properties), ...records.map((values) => record('a', values)))
  return scan([text], options).csv.get('a') ?? ''
}

/** The cell that a value becomes in a table of one column `v` beside a column `id`. */
export function cellOf(property: string | object, json: string, dialect: DialectSettings = {}): string {
  const text = typeof property === 'string' ? property : JSON.stringify(property)
  const [, row = ''] = split(rowsOf(`{"id":{},"v":${text}}`, [`{"id":7,"v":${json}}`], { dialect }), dialect)
  return row.slice(2)
}

function split(csv: string, { line_end, dialect }: DialectSettings): readonly string[] {
  const end = line_end === 'crlf' || dialect === 'excel' || dialect === 'pipelinewise' ? '\r\n' : '\n'
  const header = csv.indexOf(end)
  return [csv.slice(0, header), csv.slice(header + end.length, -end.length)]
}

/** What `work` throws, which must be an Error. */
export function failure(work: () => unknown): Error {
  try {
    work()
  } catch (cause) {
    if (cause instanceof Error) return cause
  }
  throw new Error('nothing was thrown')
}
