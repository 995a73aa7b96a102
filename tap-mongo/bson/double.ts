import { type Output, writeAscii } from './conversion.js'
import { writeInteger, writePadded } from './integer.js'

/** The fewest digits that are read as this double again, as JavaScript prints it; but -0.0 keeps its sign. Finite only. */
export function writeDouble(value: number, output: Output): void {
  if (Number.isSafeInteger(value)) {
    if (Object.is(value, -0)) writeAscii('-0.0', output)
    else writeInteger(value, output)
  } else if (!writeShort(value, output)) writeAscii(String(value), output)
}

/**
 * Prices, coordinates: much faster than String. A decimal of at most 15 digits that is read as this double is the only one,
 * so it is the shortest, too.
 */
function writeShort(value: number, output: Output): boolean {
  const size = Math.abs(value)
  if (size >= 1e15 / scale || size < 1e-6) return false
  const scaled = Math.round(size * scale)
  if (scaled / scale !== size) return false
  if (value < 0) output.view.setUint8(output.at++, minus)
  const whole = Math.floor(size)
  writeInteger(whole, output)
  output.view.setUint8(output.at++, point)
  writePadded(scaled - whole * scale, decimals, output)
  while (output.view.getUint8(output.at - 1) === zero) output.at -= 1
  return true
}

const decimals = 8
const scale = 10 ** decimals
const minus = 0x2d
const point = 0x2e
const zero = 0x30
