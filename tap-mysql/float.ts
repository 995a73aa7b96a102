import type { Encode } from './encode.js'
import { latin1, word } from './encoders.js'

/** FLOAT, read as the double that the server makes of it: its own text has six digits only. */
export const float: Encode = (value, output) => word(floatText(Number(latin1(value))), output)

/** VECTOR: float32, little-endian. */
export const vector: Encode = (value, output) => {
  const { bytes, start, end } = value
  for (let at = start; at < end; at += 4) word(`${at === start ? '[' : ','}${floatText(bytes.readFloatLE(at))}`, output)
  return word(start === end ? '[]' : ']', output)
}

/** The fewest digits that read back as this float32. */
export function floatText(value: number): string {
  if (Object.is(value, -0)) return '-0'
  // No float32: the column has become a DOUBLE meanwhile.
  if (Math.fround(value) !== value) return String(value)
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value)
  for (let precision = Math.abs(value) < smallestNormal ? 1 : 6; precision < 9; precision++) {
    const shorter = Number(value.toPrecision(precision))
    if (Math.fround(shorter) === value) return String(shorter)
  }
  return String(Number(value.toPrecision(9)))
}

const smallestNormal = 2 ** -126
