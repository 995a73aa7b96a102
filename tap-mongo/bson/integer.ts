import { type Output, type Write, writeAscii } from './conversion.js'

export const int32: Write = (pos, { input, output }) => {
  writeInteger(input.getInt32(pos, true), output)
  return pos + 4
}

/** All digits: a double holds those up to 2^53 only. */
export const int64: Write = (pos, { input, output }) => {
  const high = input.getInt32(pos + 4, true)
  if (high >= -(2 ** 21) && high < 2 ** 21) writeInteger(high * 2 ** 32 + input.getUint32(pos, true), output)
  else writeAscii(String(input.getBigInt64(pos, true)), output)
  return pos + 8
}

/** Up to ±2^53. */
export function writeInteger(value: number, output: Output): void {
  let rest = value
  if (rest < 0) {
    output.view.setUint8(output.at++, minus)
    rest = -rest
  }
  if (rest < 1e9) {
    writeSmall(rest, output)
    return
  }
  const high = Math.floor(rest / 1e8)
  writeSmall(high, output)
  writePadded(rest - high * 1e8, 8, output)
}

/** Below 10^9, with zeros in front up to this many digits. */
export function writePadded(value: number, digits: number, output: Output): void {
  const { view } = output
  output.at += digits
  let rest = value | 0
  let at = output.at
  for (let left = digits; left > 1; left -= 2) {
    const quotient = (rest / 100) | 0
    at -= 2
    view.setUint16(at, twoDigits[rest - quotient * 100] ?? 0)
    rest = quotient
  }
  if (digits % 2 === 1) view.setUint8(at - 1, zero + rest)
}

function writeSmall(value: number, output: Output): void {
  if (value < 10) output.view.setUint8(output.at++, zero + value)
  else writePadded(value, digitsOf(value), output)
}

function digitsOf(value: number): number {
  if (value < 1e4) return value < 100 ? 2 : value < 1e3 ? 3 : 4
  if (value < 1e6) return value < 1e5 ? 5 : 6
  return value < 1e7 ? 7 : value < 1e8 ? 8 : 9
}

const minus = 0x2d
const zero = 0x30

/** `00` to `99`, as 16 bits. */
export const twoDigits = Uint16Array.from(
  { length: 100 },
  (_, value) => ((zero + Math.floor(value / 10)) << 8) | (zero + (value % 10)),
)
