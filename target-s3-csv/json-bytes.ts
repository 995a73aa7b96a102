import { matchBytes, viewOf } from '../singer/bytes.js'
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  JsonError,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from '../singer/json-syntax.js'

// Every function here takes the position of a token in a buffer of complete lines and returns the position after it.
// They cannot run past the buffer, because no token holds 0x0A and every buffer ends with it.

const maxDepth = 512

/** Space, tab and CR. A line feed ends the line, so it is no white space here. */
export function skipSpace(view: DataView, pos: number): number {
  let i = pos
  let byte = view.getUint8(i)
  while (byte === 32 || byte === 13 || byte === 9) byte = view.getUint8(++i)
  return i
}

/** `pos`: at the first byte of a value. */
export function skipValue(view: DataView, pos: number, depth = 0): number {
  const byte = view.getUint8(pos)
  if (byte === QUOTE) return skipString(view, pos)
  if (byte === OPEN_OBJECT) return skipObject(view, pos, depth + 1)
  if (byte === OPEN_ARRAY) return skipArray(view, pos, depth + 1)
  if (byte === 45 || (byte >= 48 && byte <= 57)) return skipNumber(view, pos)
  return skipLiteral(view, pos)
}

/** `pos`: at the opening quote. */
export function skipString(view: DataView, pos: number): number {
  let i = pos + 1
  for (;;) {
    const byte = view.getUint8(i)
    if (byte === QUOTE) return i + 1
    if (byte === BACKSLASH) i = skipEscape(view, i)
    else if (byte < 32) throw new JsonError('a string with a control character or without an end', i)
    else i++
  }
}

/** `pos`: at the backslash. */
export function skipEscape(view: DataView, pos: number): number {
  const byte = view.getUint8(pos + 1)
  if (byte === 117) {
    for (let i = pos + 2; i < pos + 6; i++) {
      if (hexDigit(view.getUint8(i)) < 0) throw new JsonError('an escape \\u without four hexadecimal digits', pos)
    }
    return pos + 6
  }
  if ((isEscape[byte] ?? 0) === 0) throw new JsonError('an unknown escape in a string', pos)
  return pos + 2
}

const isEscape = new Uint8Array(256)
for (const byte of Buffer.from('"\\/bfnrt')) isEscape[byte] = 1

/** 0 to 15, or -1. */
export function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const letter = byte | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

export function skipNumber(view: DataView, pos: number): number {
  let i = skipInteger(view, pos)
  if (view.getUint8(i) === 46) i = skipDigits(view, i + 1)
  const byte = view.getUint8(i)
  if (byte !== 101 && byte !== 69) return i
  const sign = view.getUint8(i + 1)
  return skipDigits(view, sign === 43 || sign === 45 ? i + 2 : i + 1)
}

/** The part of a number before point and exponent. */
export function skipInteger(view: DataView, pos: number): number {
  const first = view.getUint8(pos) === 45 ? pos + 1 : pos
  return view.getUint8(first) === 48 ? first + 1 : skipDigits(view, first)
}

function skipDigits(view: DataView, pos: number): number {
  let i = pos
  let byte = view.getUint8(i)
  while (byte >= 48 && byte <= 57) byte = view.getUint8(++i)
  if (i === pos) throw new JsonError('a number without digits', pos)
  return i
}

export function skipLiteral(view: DataView, pos: number): number {
  const byte = view.getUint8(pos)
  const end = matchBytes(view, pos, byte === 110 ? literalNull : byte === 116 ? literalTrue : literalFalse)
  if (end < 0) throw new JsonError('no JSON value where one must stand', pos)
  return end
}

const literalNull = viewOf(Buffer.from('null'))
const literalTrue = viewOf(Buffer.from('true'))
const literalFalse = viewOf(Buffer.from('false'))

function skipObject(view: DataView, pos: number, depth: number): number {
  checkDepth(depth, pos)
  let i = skipSpace(view, pos + 1)
  if (view.getUint8(i) === CLOSE_OBJECT) return i + 1
  for (;;) {
    i = skipValue(view, skipColon(view, skipKey(view, i)), depth)
    i = skipSpace(view, i)
    if (view.getUint8(i) === CLOSE_OBJECT) return i + 1
    i = skipSpace(view, skipComma(view, i))
  }
}

function skipArray(view: DataView, pos: number, depth: number): number {
  checkDepth(depth, pos)
  let i = skipSpace(view, pos + 1)
  if (view.getUint8(i) === CLOSE_ARRAY) return i + 1
  for (;;) {
    i = skipSpace(view, skipValue(view, i, depth))
    if (view.getUint8(i) === CLOSE_ARRAY) return i + 1
    i = skipSpace(view, skipComma(view, i))
  }
}

/** `pos`: where a key must begin. */
export function skipKey(view: DataView, pos: number): number {
  if (view.getUint8(pos) !== QUOTE) throw new JsonError('no key where one must stand', pos)
  return skipString(view, pos)
}

/** From the end of a key to the first byte of its value. */
export function skipColon(view: DataView, pos: number): number {
  const i = skipSpace(view, pos)
  if (view.getUint8(i) !== COLON) throw new JsonError('no colon after a key', i)
  return skipSpace(view, i + 1)
}

export function skipComma(view: DataView, pos: number): number {
  if (view.getUint8(pos) !== COMMA) throw new JsonError('neither a comma nor an end after a value', pos)
  return pos + 1
}

function checkDepth(depth: number, pos: number) {
  if (depth > maxDepth) throw new JsonError(`values nested deeper than ${maxDepth} levels`, pos)
}
