import { isUtf8 } from 'node:buffer'
import { bufferOf } from '../../singer/bytes.js'

/** Short texts, which most are, take longer to hand over than to check. */
export function isUtf8Text(view: DataView, start: number, end: number): boolean {
  if (end - start > 256) return isUtf8(bufferOf(view, start, end))
  for (let pos = start; pos < end; ) {
    const length = sequenceLength(view, pos, end)
    if (length === 0) return false
    pos += length
  }
  return true
}

/** Of the character at `pos`; 0: it is none. */
function sequenceLength(view: DataView, pos: number, end: number): number {
  const lead = view.getUint8(pos)
  if (lead < 0x80) return 1
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
  if (length === 0 || pos + length > end) return 0
  const second = view.getUint8(pos + 1)
  if (second < leastSecond(lead) || second > greatestSecond(lead)) return 0
  for (let i = 2; i < length; i++) if ((view.getUint8(pos + i) & 0xc0) !== 0x80) return 0
  return length
}

/** Neither longer than needed … */
function leastSecond(lead: number): number {
  return lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
}

/** … nor a surrogate, nor beyond U+10FFFF. */
function greatestSecond(lead: number): number {
  return lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
}
