import { textOf, viewOf } from '../../singer/bytes.js'
import type { TypeOptions } from '../types.js'
import type { Conversion, Output } from './conversion.js'
import { isUtf8Text } from './utf8.js'
import { ValueError } from './value-error.js'

/** Bytes `start…end` of the input as a JSON string. What is written is UTF-8, whatever was read. */
export type WriteText = (start: number, end: number, conversion: Conversion) => void

export function textWriter(invalid: TypeOptions['invalid_utf8']): WriteText {
  return (start, end, conversion) => {
    const { input, output } = conversion
    const begin = output.at
    const isAscii = writeEscaped(input, start, end, output)
    if (isAscii || isUtf8Text(input, start, end)) return
    if (invalid === 'error') {
      throw new ValueError('the text is not UTF-8; `invalid_utf8: replace` sends U+FFFD for what is none', start)
    }
    output.at = begin
    const replaced = viewOf(Buffer.from(textOf(input, start, end)))
    writeEscaped(replaced, 0, replaced.byteLength, output)
  }
}

/** Four bytes at a time where none of them needs an escape. True: all of it was ASCII. */
function writeEscaped(input: DataView, start: number, end: number, output: Output): boolean {
  const { view } = output
  let { at } = output
  let seen = 0
  let pos = start
  view.setUint8(at++, quote)
  while (pos < end) {
    if (pos + 4 <= end) {
      const word = input.getInt32(pos)
      if (escapesIn(word) === 0) {
        view.setInt32(at, word)
        seen |= word
        pos += 4
        at += 4
        continue
      }
    }
    const byte = input.getUint8(pos++)
    seen |= byte
    const letter = escapeLetters[byte] ?? 0
    if (letter === 0) view.setUint8(at++, byte)
    else at = writeEscape(byte, letter, at, view)
  }
  view.setUint8(at++, quote)
  output.at = at
  return (seen & highBits) === 0
}

/** Not 0: one of the four bytes is a quote, a backslash or below 0x20. */
function escapesIn(word: number): number {
  const quotes = word ^ 0x22222222
  const backslashes = word ^ 0x5c5c5c5c
  const controls = (word - 0x20202020) & ~word
  return (controls | ((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes)) & highBits
}

function writeEscape(byte: number, letter: number, at: number, view: DataView): number {
  view.setUint16(at, (backslash << 8) | letter)
  if (letter !== letterU) return at + 2
  view.setUint16(at + 2, 0x3030)
  view.setUint8(at + 4, 0x30 + (byte >> 4))
  view.setUint8(at + 5, lowDigits[byte & 15] ?? 0)
  return at + 6
}

const quote = 0x22
const backslash = 0x5c
const letterU = 0x75
const highBits = 0x80808080
const lowDigits = Buffer.from('0123456789abcdef')
/** What follows the backslash; 0: the byte stands for itself, as all of UTF-8 above 0x7F does. */
const escapeLetters = Uint8Array.from({ length: 256 }, (_, byte) => {
  const escaped = JSON.stringify(String.fromCharCode(byte)).slice(1, -1)
  return escaped.length > 1 ? escaped.charCodeAt(1) : 0
})
