import { type Conversion, type Output, writeAscii } from './conversion.js'
import { writeInteger } from './integer.js'

/** Neither NaN nor an infinity. */
export function isFiniteDecimal128(pos: number, input: DataView): boolean {
  return (input.getUint32(pos + 12, true) & notFinite) !== notFinite
}

/**
 * The digits of the finite Decimal128 at `pos`, as the specification writes them: `1E+3`, `-0`, `0.10`.
 * https://github.com/mongodb/specifications/blob/master/source/bson-decimal128/decimal128.md
 */
export function writeDecimal128(pos: number, conversion: Conversion): void {
  const { input, output } = conversion
  const high = input.getUint32(pos + 12, true)
  const isLarge = (high & largeForm) === largeForm
  const top = isLarge ? (high & 0x7fff) | 0x20000 : high & 0x1ffff
  const exponent = ((isLarge ? high >>> 15 : high >>> 17) & 0x3fff) - bias
  if (high >>> 31 === 1) output.view.setUint8(output.at++, minus)
  const start = output.at
  writeCoefficient(pos, top, conversion)
  place(start, exponent, output)
}

/** `NaN`, `Infinity`, `-Infinity`. */
export function notFiniteText(pos: number, input: DataView): string {
  const high = input.getUint32(pos + 12, true)
  if ((high & notANumber) === notANumber) return 'NaN'
  return high >>> 31 === 1 ? '-Infinity' : 'Infinity'
}

/** `top`: what stands above the 96 bits. */
function writeCoefficient(pos: number, top: number, { input, output }: Conversion): void {
  const middle = input.getUint32(pos + 4, true)
  if (top === 0 && input.getUint32(pos + 8, true) === 0 && middle < 2 ** 21) {
    writeInteger(middle * 2 ** 32 + input.getUint32(pos, true), output)
    return
  }
  const upper = (BigInt(top) << 32n) | BigInt(input.getUint32(pos + 8, true))
  writeAscii(String((upper << 64n) | input.getBigUint64(pos, true)), output)
}

/** Puts point and exponent to the digits from `start` on. */
function place(start: number, exponent: number, output: Output): void {
  const digits = output.at - start
  const scientific = digits - 1 + exponent
  if (exponent > 0 || scientific <= -7 || scientific >= maxDigits) placeExponent(start, exponent, output)
  else if (exponent < 0) placePoint(start, digits + exponent, output)
}

/** `whole`: the digits before the point, at most 0 where zeros must stand between it and them. */
function placePoint(start: number, whole: number, output: Output): void {
  if (whole > 0) {
    shift(start + whole, 1, output)
    output.view.setUint8(start + whole, point)
    return
  }
  shift(start, 2 - whole, output)
  for (let at = start; at < start + 2 - whole; at++) output.view.setUint8(at, zero)
  output.view.setUint8(start + 1, point)
}

function placeExponent(start: number, exponent: number, output: Output): void {
  let power = output.at - start - 1 + exponent
  if (output.at - start > maxDigits) {
    // A coefficient that is no canonical one stands for 0.
    output.at = start
    writeAscii('0', output)
    power = exponent
  } else if (output.at - start > 1) placePoint(start, 1, output)
  if (power !== 0) writeAscii(power > 0 ? `E+${power}` : `E${power}`, output)
}

function shift(from: number, by: number, output: Output): void {
  const { view } = output
  for (let at = output.at - 1; at >= from; at--) view.setUint8(at + by, view.getUint8(at))
  output.at += by
}

const maxDigits = 34
const bias = 6176
const largeForm = 0x60000000
const notFinite = 0x78000000
const notANumber = 0x7c000000
const minus = 0x2d
const point = 0x2e
const zero = 0x30
