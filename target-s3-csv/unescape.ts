import { hexDigit } from './json-bytes.js'

/** The text has no UTF-8 form: half of a surrogate pair stands alone. */
export const LONE_SURROGATE = -1

/**
 * The code point of the JSON escape at `pos` (its backslash), which is known to be well-formed; LONE_SURROGATE when it
 * is half of one. `end`: of the string.
 */
export function escapedCodePoint(view: DataView, pos: number, end: number): number {
  const byte = view.getUint8(pos + 1)
  if (byte !== 117) return shortEscapes[byte] ?? 0
  const unit = fourDigits(view, pos + 2)
  if (unit < 0xd800 || unit > 0xdfff) return unit
  const hasSecond = unit <= 0xdbff && pos + 12 <= end && view.getUint8(pos + 6) === 92 && view.getUint8(pos + 7) === 117
  const second = hasSecond ? fourDigits(view, pos + 8) : 0
  if (second < 0xdc00 || second > 0xdfff) return LONE_SURROGATE
  return 0x10000 + (unit - 0xd800) * 0x400 + (second - 0xdc00)
}

/** How many bytes the escape of this code point has at `pos`. */
export function escapeLength(view: DataView, pos: number, codePoint: number): number {
  if (view.getUint8(pos + 1) !== 117) return 2
  return codePoint > 0xffff ? 12 : 6
}

/** Writes a code point from 0x80 on as UTF-8; returns the position after it. */
export function writeCodePoint(out: DataView, at: number, codePoint: number): number {
  let o = at
  if (codePoint < 0x800) out.setUint8(o++, 0xc0 | (codePoint >> 6))
  else {
    if (codePoint < 0x10000) out.setUint8(o++, 0xe0 | (codePoint >> 12))
    else {
      out.setUint8(o++, 0xf0 | (codePoint >> 18))
      out.setUint8(o++, 0x80 | ((codePoint >> 12) & 63))
    }
    out.setUint8(o++, 0x80 | ((codePoint >> 6) & 63))
  }
  out.setUint8(o++, 0x80 | (codePoint & 63))
  return o
}

function fourDigits(view: DataView, pos: number): number {
  let value = 0
  for (let i = pos; i < pos + 4; i++) value = value * 16 + hexDigit(view.getUint8(i))
  return value
}

const shortEscapes = new Uint8Array(256)
for (const [letter, text] of Object.entries({
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
})) {
  shortEscapes[letter.charCodeAt(0)] = text.charCodeAt(0)
}
