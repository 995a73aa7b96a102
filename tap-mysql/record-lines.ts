import { type Json, parseJson } from '../singer/index.js'
import type { RowQuery } from './rows.js'

/** Takes single values out of the RECORD lines of one query, without parsing the rest of them. */
export interface RecordReader {
  /** `start`: of the line. A column that the query does not select is an error of the caller. */
  value(lines: Buffer, start: number, column: string): Json
  /** The record with its braces: what stays the same when an unchanged row is read again. `end`: behind the newline. */
  record(lines: Buffer, start: number, end: number): Buffer
}

export interface LineForm extends Pick<RowQuery, 'prefix' | 'suffix'> {
  readonly columns: readonly Pick<RowQuery['columns'][number], 'name'>[]
}

export function recordReader({ columns, prefix, suffix }: LineForm): RecordReader {
  const names = columns.map(({ name }) => Buffer.byteLength(JSON.stringify(name)) + 1)
  const indexes = new Map(columns.map(({ name }, index) => [name, index]))
  return {
    value(lines, start, column) {
      const wanted = indexes.get(column)
      if (wanted === undefined) throw new Error(`column ${column} is not selected`)
      let at = start + prefix.length + (names[0] ?? 0)
      for (let i = 1; i <= wanted; i++) at = skipValue(lines, at) + 1 + (names[i] ?? 0)
      return parseJson(lines.toString('utf8', at, skipValue(lines, at)))
    },
    record: (lines, start, end) => lines.subarray(start + prefix.length - 1, end - suffix.length + 1),
  }
}

/** Where the last line begins that ends at `end`, behind its newline. Inside a line there is no byte 0x0A. */
export function lineStart(lines: Buffer, end: number): number {
  return end < 2 ? 0 : lines.lastIndexOf(newline, end - 2) + 1
}

/** Behind the newline of the line that begins at `start`. */
export function lineEnd(lines: Buffer, start: number): number {
  return lines.indexOf(newline, start) + 1
}

const newline = 0x0a
const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]

function skipValue(bytes: Buffer, start: number): number {
  const first = bytes[start]
  if (first === quote) return skipString(bytes, start)
  if (first === openBrace || first === openBracket) return skipNested(bytes, start)
  let at = start
  while (bytes[at] !== comma && bytes[at] !== closeBrace) at++
  return at
}

function skipString(bytes: Buffer, start: number): number {
  let end = bytes.indexOf(quote, start + 1)
  while (isEscaped(bytes, end)) end = bytes.indexOf(quote, end + 1)
  return end + 1
}

function isEscaped(bytes: Buffer, at: number): boolean {
  let before = at - 1
  while (bytes[before] === backslash) before--
  return (at - before) % 2 === 0
}

function skipNested(bytes: Buffer, start: number): number {
  let depth = 0
  for (let at = start; ; ) {
    const byte = bytes[at]
    if (byte === quote) {
      at = skipString(bytes, at)
      continue
    }
    if (byte === openBrace || byte === openBracket) depth++
    if (byte === closeBrace || byte === closeBracket) depth--
    at++
    if (depth === 0) return at
  }
}
