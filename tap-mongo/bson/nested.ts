import type { Conversion, Write } from './conversion.js'
import { damaged } from './damaged.js'
import type { WriteText } from './text.js'
import { lastByte, nameEnd } from './value-end.js'

/** Documents and arrays. */
export interface NestedWriters {
  readonly object: Write
  readonly array: Write
  /** Says that nothing is being written, though the last value may have failed. */
  reset(): void
}

/** What they hold is written by this table, by type, which may be filled later. */
export function nestedWriters(table: readonly Write[], text: WriteText): NestedWriters {
  let depth = 0
  const nested = (braces: number, writeAll: WriteAll): Write => {
    return (pos, conversion) => {
      const { output } = conversion
      if (++depth > maxDepth) throw damaged(`documents are nested deeper than ${maxDepth}`)
      const last = lastByte(conversion.input, pos)
      output.view.setUint8(output.at++, braces >> 8)
      if (writeAll(pos + 4, last, conversion) !== last) throw damaged('a value ends behind its document')
      output.view.setUint8(output.at++, braces & 0xff)
      depth -= 1
      return last + 1
    }
  }
  return {
    object: nested(0x7b7d, fieldsOf(table, text)),
    array: nested(0x5b5d, elementsOf(table)),
    reset() {
      depth = 0
    },
  }
}

/** Writes what stands from `pos` to `last`; returns where it ends. */
type WriteAll = (pos: number, last: number, conversion: Conversion) => number

function fieldsOf(table: readonly Write[], text: WriteText): WriteAll {
  return (start, last, conversion) => {
    const { input, output } = conversion
    let pos = start
    while (pos < last) {
      const write = table[input.getUint8(pos)]
      const end = nameEnd(input, pos + 1)
      if (pos > start) output.view.setUint8(output.at++, comma)
      text(pos + 1, end, conversion)
      output.view.setUint8(output.at++, colon)
      pos = write?.(end + 1, conversion) ?? last
    }
    return pos
  }
}

function elementsOf(table: readonly Write[]): WriteAll {
  return (start, last, conversion) => {
    const { input, output } = conversion
    let pos = start
    while (pos < last) {
      const write = table[input.getUint8(pos)]
      if (pos > start) output.view.setUint8(output.at++, comma)
      pos = write?.(nameEnd(input, pos + 1) + 1, conversion) ?? last
    }
    return pos
  }
}

/** The server allows 180 levels by default, of documents from elsewhere none is known to allow more. */
const maxDepth = 200
const comma = 0x2c
const colon = 0x3a
