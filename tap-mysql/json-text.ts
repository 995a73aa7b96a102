import type { Encode } from './encode.js'

/**
 * MariaDB's JSON: the text as it was typed. Line breaks and tabs between tokens become spaces; what JSON_VALID lets
 * through although it is no JSON (`1.`, `"\x"`) stops the run.
 */
export const typedJson: Encode = (value, output) => {
  const { bytes, start, end } = value
  const cursor = { bytes, at: start, end }
  skipValue(cursor)
  if (cursor.at !== end) throw noJson()
  const target = output.bytes
  let { at } = output
  // Inside strings there are no control characters: skipString has looked.
  for (let from = start; from < end; from++) target[at++] = Math.max(bytes[from] ?? 0, space)
  output.at = at
  return true
}

interface Cursor {
  readonly bytes: Buffer
  at: number
  readonly end: number
}

function skipValue(cursor: Cursor): void {
  skipSpace(cursor)
  const byte = peek(cursor)
  if (byte === brace) skipList(cursor, closingBrace, skipMember)
  else if (byte === bracket) skipList(cursor, closingBracket, skipValue)
  else if (byte === quote) skipString(cursor)
  else skipScalar(cursor)
  skipSpace(cursor)
}

function skipList(cursor: Cursor, closing: number, skipItem: (cursor: Cursor) => void): void {
  cursor.at += 1
  skipSpace(cursor)
  if (peek(cursor) !== closing) skipItem(cursor)
  while (peek(cursor) === comma) {
    cursor.at += 1
    skipItem(cursor)
  }
  skip(cursor, closing)
}

function skipMember(cursor: Cursor): void {
  skipSpace(cursor)
  skipString(cursor)
  skipSpace(cursor)
  skip(cursor, colon)
  skipValue(cursor)
}

function skipString(cursor: Cursor): void {
  skip(cursor, quote)
  for (let byte = peek(cursor); byte !== quote; byte = peek(cursor)) {
    if (byte < space) throw noJson()
    cursor.at += byte === backslash ? escapeLength(cursor) : 1
  }
  cursor.at += 1
}

function escapeLength({ bytes, at, end }: Cursor): number {
  const found = /^\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/.exec(bytes.toString('latin1', at, Math.min(at + 6, end)))
  if (!found) throw noJson()
  return found[0].length
}

const scalar = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)$/

function skipScalar(cursor: Cursor): void {
  const start = cursor.at
  while (cursor.at < cursor.end && isOfScalar(peek(cursor))) cursor.at += 1
  if (!scalar.test(cursor.bytes.toString('latin1', start, cursor.at))) throw noJson()
}

function isOfScalar(byte: number): boolean {
  return byte > space && byte !== comma && byte !== closingBrace && byte !== closingBracket
}

function skipSpace(cursor: Cursor): void {
  while (cursor.at < cursor.end && isSpace(peek(cursor))) cursor.at += 1
}

function isSpace(byte: number): boolean {
  return byte === space || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function skip(cursor: Cursor, expected: number): void {
  if (peek(cursor) !== expected) throw noJson()
  cursor.at += 1
}

/** 0 behind the end: no token. */
function peek({ bytes, at, end }: Cursor): number {
  return at < end ? (bytes[at] ?? 0) : 0
}

function noJson(): Error {
  return new Error('holds a text that is no JSON, though JSON_VALID takes it; correct it, or leave the column out')
}

const space = 0x20
const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const bracket = 0x5b
const backslash = 0x5c
const closingBracket = 0x5d
const brace = 0x7b
const closingBrace = 0x7d
