import { viewOf } from '../../singer/bytes.js'
import { BsonType } from './bson-type.js'
import type { Conversion, Output, Write } from './conversion.js'
import { damaged } from './damaged.js'
import { valueEnd } from './value-end.js'

/** Writes bytes `start…end` of the input as text that needs no escapes. */
type WriteBytes = (start: number, end: number, conversion: Conversion) => void

/** UUIDs as such, other bytes by `write`, in quotes. */
export function binary(write: WriteBytes): Write {
  return (pos, conversion) => {
    const { input, output } = conversion
    const end = valueEnd(input, BsonType.binary, pos)
    output.view.setUint8(output.at++, quote)
    if (isUuid(binarySubtype(input, pos))) writeUuid(pos + 5, conversion)
    else write(bytesStart(input, pos), end, conversion)
    output.view.setUint8(output.at++, quote)
    return end
  }
}

/** The subtype of the binary at `pos`; what calls itself a UUID but has not 16 bytes is of subtype 0. */
export function binarySubtype(input: DataView, pos: number): number {
  const subtype = input.getUint8(pos + 4)
  return isUuid(subtype) && input.getInt32(pos, true) !== 16 ? 0 : subtype
}

export function isUuid(subtype: number): boolean {
  return subtype === 4 || subtype === 3
}

/** Where the bytes of the binary at `pos` begin: those of subtype 2 have their length once more before them. */
export function bytesStart(input: DataView, pos: number): number {
  if (input.getUint8(pos + 4) !== 2) return pos + 5
  if (input.getInt32(pos + 5, true) !== input.getInt32(pos, true) - 4) throw damaged('a length in a binary is wrong')
  return pos + 9
}

export const writeBase64: WriteBytes = (start, end, { input, output }) => {
  const { view } = output
  let { at } = output
  let pos = start
  for (; pos + 3 <= end; pos += 3, at += 4) {
    const bits = (input.getUint16(pos) << 8) | input.getUint8(pos + 2)
    view.setUint16(at, base64Pairs[bits >> 12] ?? 0)
    view.setUint16(at + 2, base64Pairs[bits & 0xfff] ?? 0)
  }
  output.at = at
  if (pos < end) writeBase64End(pos, end, { input, output })
}

export const writeHex: WriteBytes = (start, end, { input, output }) => {
  const { view } = output
  let { at } = output
  for (let pos = start; pos < end; pos++, at += 2) view.setUint16(at, hexPairs[input.getUint8(pos)] ?? 0)
  output.at = at
}

/** One byte or two. */
function writeBase64End(start: number, end: number, { input, output }: Conversion): void {
  const isOne = end - start === 1
  const bits = (input.getUint8(start) << 16) | (isOne ? 0 : input.getUint8(start + 1) << 8)
  output.view.setUint16(output.at, base64Pairs[bits >> 12] ?? 0)
  output.view.setUint16(output.at + 2, base64Pairs[bits & 0xfff] ?? 0)
  output.view.setUint8(output.at + 3, equals)
  if (isOne) output.view.setUint8(output.at + 2, equals)
  output.at += 4
}

/** The bytes in the order in which they are stored. */
function writeUuid(pos: number, conversion: Conversion): void {
  for (let group = 0; group + 1 < uuidGroups.length; group++) {
    if (group > 0) writeDash(conversion.output)
    writeHex(pos + (uuidGroups[group] ?? 0), pos + (uuidGroups[group + 1] ?? 0), conversion)
  }
}

function writeDash(output: Output): void {
  output.view.setUint8(output.at++, dash)
}

const uuidGroups = [0, 4, 6, 8, 10, 16]
const quote = 0x22
const dash = 0x2d
const equals = 0x3d

const hexPairs = pairs('0123456789abcdef')
const base64Pairs = pairs('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')

/** Any two of these characters, as 16 bits. */
function pairs(characters: string): Uint16Array {
  const view = viewOf(Buffer.from([...characters].flatMap((a) => [...characters].map((b) => a + b)).join('')))
  return Uint16Array.from({ length: view.byteLength / 2 }, (_, index) => view.getUint16(index * 2))
}
