import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  JsonError,
  NEWLINE,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from '../../singer/json-syntax.js'

// For bytes of which nothing is known. Every function takes the position of a token and returns the position after it.
// The byte after the last one reads as 0, which no token may hold: so they cannot run past the end, and a text that is
// cut off is an error at its length.

/** target-s3-csv takes no record that is nested deeper. */
const maxDepth = 512

export const RETURN = 13

export function skipSpace(bytes: Uint8Array, pos: number): number {
  let i = pos
  let byte = bytes[i] ?? 0
  while (byte === 32 || byte === NEWLINE || byte === RETURN || byte === 9) byte = bytes[++i] ?? 0
  return i
}

/** `pos`: at the first byte of a value. */
export function skipValue(bytes: Uint8Array, pos: number, depth: number): number {
  const byte = bytes[pos] ?? 0
  if (byte === QUOTE) return skipString(bytes, pos)
  if (byte === OPEN_OBJECT) return skipObject(bytes, pos, depth + 1)
  if (byte === OPEN_ARRAY) return skipArray(bytes, pos, depth + 1)
  if (byte === 45 || (byte >= 48 && byte <= 57)) return skipNumber(bytes, pos)
  return skipLiteral(bytes, pos)
}

/** `pos`: at the opening quote. */
export function skipString(bytes: Uint8Array, pos: number): number {
  let i = pos + 1
  for (;;) {
    const byte = bytes[i] ?? 0
    if (byte === QUOTE) return i + 1
    if (byte === BACKSLASH) i = skipEscape(bytes, i)
    else if (byte < 32) throw new JsonError('a control character in a string', i)
    else i++
  }
}

/** As `skipString`, but negative when the key holds an escape: its bytes are then not its name. */
export function skipKey(bytes: Uint8Array, pos: number): number {
  if (bytes[pos] !== QUOTE) throw new JsonError('no key where one must stand', pos)
  let i = pos + 1
  for (;;) {
    const byte = bytes[i] ?? 0
    if (byte === QUOTE) return i + 1
    if (byte === BACKSLASH) return -skipString(bytes, pos)
    if (byte < 32) throw new JsonError('a control character in a key', i)
    i++
  }
}

/** From the end of a key to the first byte of its value. */
export function skipColon(bytes: Uint8Array, pos: number): number {
  const i = skipSpace(bytes, pos)
  if (bytes[i] !== COLON) throw new JsonError('no colon after a key', i)
  return skipSpace(bytes, i + 1)
}

/** From the end of a value to the next key or item; `pos` of the `closer` when there is none. */
export function skipComma(bytes: Uint8Array, pos: number, closer: number): number {
  const i = skipSpace(bytes, pos)
  const byte = bytes[i] ?? 0
  if (byte === closer) return i
  if (byte !== COMMA) throw new JsonError('neither a comma nor an end after a value', i)
  const next = skipSpace(bytes, i + 1)
  if (bytes[next] === closer) throw new JsonError('a comma before the end', i)
  return next
}

/** @throws JsonError unless `bytes` from `begin` on is one JSON text. */
export function checkText(bytes: Uint8Array, begin: number) {
  checkEnd(bytes, skipValue(bytes, skipSpace(bytes, begin), 0))
}

export const moreText = 'more text after its end'

/** `pos`: after the value that the text is. */
export function checkEnd(bytes: Uint8Array, pos: number) {
  const end = skipSpace(bytes, pos)
  if (end < bytes.length) throw new JsonError(moreText, end)
}

export function checkDepth(depth: number, pos: number) {
  if (depth > maxDepth) throw new JsonError(`values nested deeper than ${maxDepth} levels`, pos)
}

function skipObject(bytes: Uint8Array, pos: number, depth: number): number {
  checkDepth(depth, pos)
  let i = skipSpace(bytes, pos + 1)
  while (bytes[i] !== CLOSE_OBJECT) {
    i = skipValue(bytes, skipColon(bytes, Math.abs(skipKey(bytes, i))), depth)
    i = skipComma(bytes, i, CLOSE_OBJECT)
  }
  return i + 1
}

function skipArray(bytes: Uint8Array, pos: number, depth: number): number {
  checkDepth(depth, pos)
  let i = skipSpace(bytes, pos + 1)
  while (bytes[i] !== CLOSE_ARRAY) i = skipComma(bytes, skipValue(bytes, i, depth), CLOSE_ARRAY)
  return i + 1
}

/** `pos`: at the backslash. */
function skipEscape(bytes: Uint8Array, pos: number): number {
  const byte = bytes[pos + 1] ?? 0
  if (byte === 117) {
    for (let i = pos + 2; i < pos + 6; i++) {
      if (isHex[bytes[i] ?? 0] !== 1) throw new JsonError('an escape \\u without four hexadecimal digits', i)
    }
    return pos + 6
  }
  if (isEscape[byte] !== 1) throw new JsonError('an unknown escape in a string', pos + 1)
  return pos + 2
}

const isEscape = byteSet('"\\/bfnrt')
const isHex = byteSet('0123456789abcdefABCDEF')

function byteSet(characters: string): Uint8Array {
  const set = new Uint8Array(256)
  for (const byte of Buffer.from(characters)) set[byte] = 1
  return set
}

function skipNumber(bytes: Uint8Array, pos: number): number {
  const first = bytes[pos] === 45 ? pos + 1 : pos
  let i = bytes[first] === 48 ? first + 1 : skipDigits(bytes, first)
  if (bytes[i] === 46) i = skipDigits(bytes, i + 1)
  const byte = bytes[i] ?? 0
  if (byte !== 101 && byte !== 69) return i
  const sign = bytes[i + 1] ?? 0
  return skipDigits(bytes, sign === 43 || sign === 45 ? i + 2 : i + 1)
}

function skipDigits(bytes: Uint8Array, pos: number): number {
  let i = pos
  let byte = bytes[i] ?? 0
  while (byte >= 48 && byte <= 57) byte = bytes[++i] ?? 0
  if (i === pos) throw new JsonError('no digit where a number needs one', pos)
  return i
}

function skipLiteral(bytes: Uint8Array, pos: number): number {
  const literal = literals[bytes[pos] ?? 0]
  if (literal === undefined) throw new JsonError('no JSON value where one must stand', pos)
  for (let i = 1; i < literal.length; i++) {
    if (bytes[pos + i] !== literal[i]) throw new JsonError('no JSON value where one must stand', pos + i)
  }
  return pos + literal.length
}

const literals: Record<number, Buffer> = {}
for (const text of ['null', 'true', 'false']) literals[text.charCodeAt(0)] = Buffer.from(text)
