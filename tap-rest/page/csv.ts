import type { CsvError, parse } from 'csv-parse/sync'
import { SourceError } from '../../singer/errors.js'

export type ParseCsv = typeof parse

/**
 * CSV as lines of JSON objects, one per row. The first row has their keys; a column without a name is `column_N`. Values
 * are strings; an empty one without quotes is null. Lines without any text are no rows.
 * @throws SourceError that names the line, never what stands in it.
 */
export function csvLines(csv: Buffer, delimiter: string, parseCsv: ParseCsv): Buffer {
  const lines = new JsonLines()
  // Only a cast learns of quotes, and it takes ten times as long.
  const isCast = mayQuoteNothing(csv, delimiter)
  const options = isCast ? { ...dialect, delimiter, cast: castCell } : { ...dialect, delimiter }
  const addRow = (cells: readonly string[]): null =>
    lines.add(isCast ? cells : cells.map((cell) => jsonOf(cell, false)))
  try {
    parseCsv(csv, { ...options, on_record: addRow })
  } catch (cause) {
    throw isCsvError(cause) ? problemOf(cause) : cause
  }
  return lines.end()
}

/** Of comma, semicolon, tab and bar the one that is most frequent in the header, outside of quotes. */
export function delimiterOf(csv: Buffer): string {
  const [header = ''] = csv
    .toString('utf8', 0, 65_536)
    .trimStart()
    .replace(/"[^"]*"/g, '')
    .split(/[\r\n]/, 1)
  const counts = [',', ';', '\t', '|'].map((delimiter) => ({ delimiter, count: header.split(delimiter).length }))
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).delimiter
}

const dialect = { skip_empty_lines: true, record_delimiter: ['\r\n', '\n', '\r'] }

/** Whether a cell after the header's first may be empty and have quotes. */
function mayQuoteNothing(csv: Buffer, delimiter: string): boolean {
  return [delimiter, '\n', '\r'].some((before) => csv.includes(`${before}""`))
}

function castCell(cell: string, { quoting }: { readonly quoting: boolean }): string {
  return jsonOf(cell, quoting)
}

function jsonOf(cell: string, isQuoted: boolean): string {
  return cell === '' && !isQuoted ? 'null' : JSON.stringify(cell)
}

/** Rows, given as the JSON texts of their cells, that become bytes in blocks. */
class JsonLines {
  readonly #blocks: Buffer[] = []
  #text = ''
  #keys: readonly string[] | undefined

  add(cells: readonly string[]): null {
    if (this.#keys === undefined) this.#keys = keysOf(cells)
    else this.#text += `${objectOf(this.#keys, cells)}\n`
    if (this.#text.length > 65_536) this.#flush()
    return null
  }

  end(): Buffer {
    this.#flush()
    return Buffer.concat(this.#blocks)
  }

  #flush() {
    this.#blocks.push(Buffer.from(this.#text))
    this.#text = ''
  }
}

function keysOf(header: readonly string[]): string[] {
  const keys = header.map((name, i) => (name === 'null' || name === '""' ? `"column_${i + 1}"` : name))
  const twice = keys.find((key, i) => keys.indexOf(key) < i)
  if (twice !== undefined) throw new SourceError(`names the column ${twice} twice in its header`)
  return keys
}

function objectOf(keys: readonly string[], cells: readonly string[]): string {
  let text = '{'
  for (let i = 0; i < keys.length; i++) text += `${i === 0 ? '' : ','}${keys[i]}:${cells[i]}`
  return `${text}}`
}

function isCsvError(cause: unknown): cause is CsvError {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && 'lines' in cause
}

/** Without a cause: it holds the row. */
function problemOf({ code, lines }: CsvError): SourceError {
  return new SourceError(`is no CSV: line ${String(lines)} ${problems[code] ?? `is refused as ${code}`}`)
}

const problems: Record<string, string> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'has more or fewer cells than the header',
  CSV_QUOTE_NOT_CLOSED: 'is the last one, and a quote that was opened before is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'has text between a closing quote and the next delimiter',
  INVALID_OPENING_QUOTE: 'has a quote inside of a cell without quotes',
}
