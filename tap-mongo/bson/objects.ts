import { type Write, writeAscii } from './conversion.js'
import { damaged } from './damaged.js'
import { writeInteger } from './integer.js'
import type { WriteText } from './text.js'
import { nameEnd, textEnd } from './value-end.js'

/** `before`, the value, `after`. */
export function between(before: string, write: Write, after: string): Write {
  return (pos, conversion) => {
    writeAscii(before, conversion.output)
    const end = write(pos, conversion)
    writeAscii(after, conversion.output)
    return end
  }
}

/** The same text for all values of a type that has no bytes. */
export function constant(text: string): Write {
  return (pos, { output }) => {
    writeAscii(text, output)
    return pos
  }
}

export const boolean: Write = (pos, { input, output }) => {
  const byte = input.getUint8(pos)
  if (byte > 1) throw damaged('a boolean is neither 0 nor 1')
  writeAscii(byte === 1 ? 'true' : 'false', output)
  return pos + 1
}

export function string(text: WriteText): Write {
  return (pos, conversion) => {
    const end = textEnd(conversion.input, pos)
    text(pos + 4, end, conversion)
    return end + 1
  }
}

/** `{"t":seconds,"i":increment}` */
export const timestamp: Write = (pos, { input, output }) => {
  writeAscii('{"t":', output)
  writeInteger(input.getUint32(pos + 4, true), output)
  writeAscii(',"i":', output)
  writeInteger(input.getUint32(pos, true), output)
  writeAscii('}', output)
  return pos + 8
}

/** `{"pattern":…,"options":…}` */
export function regex(text: WriteText): Write {
  return (pos, conversion) => {
    const { input, output } = conversion
    const end = nameEnd(input, pos)
    writeAscii('{"pattern":', output)
    text(pos, end, conversion)
    writeAscii(',"options":', output)
    const endOfOptions = nameEnd(input, end + 1)
    text(end + 1, endOfOptions, conversion)
    writeAscii('}', output)
    return endOfOptions + 1
  }
}

export interface Pair {
  readonly first: Write
  readonly second: Write
  /** Their names. */
  readonly names: readonly [string, string]
}

/** An object of two values that follow each other. */
export function pair({ first, second, names }: Pair): Write {
  return (pos, conversion) => {
    writeAscii(`{"${names[0]}":`, conversion.output)
    const middle = first(pos, conversion)
    writeAscii(`,"${names[1]}":`, conversion.output)
    const end = second(middle, conversion)
    writeAscii('}', conversion.output)
    return end
  }
}

/** Its own length, the code, the scope. */
export function codeWithScope(codeAndScope: Write): Write {
  return (pos, conversion) => {
    const end = codeAndScope(pos + 4, conversion)
    if (end !== pos + conversion.input.getInt32(pos, true)) throw damaged('the length of a code with scope is wrong')
    return end
  }
}
