/**
 * A number as its text has it: `digits` × 10^`exponent`. No double is involved, so that every digit counts. Digits hold
 * neither leading nor trailing zeros; zero has none.
 */
export interface Decimal {
  readonly isNegative: boolean
  readonly digits: string
  readonly exponent: number
}

const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/** `text`: a number of JSON. */
export function decimal(text: string): Decimal {
  const [, sign = '', whole = '', fraction = '', power = '0'] = parts.exec(text) ?? []
  const all = `${whole}${fraction}`
  const [start, end] = significant(all)
  if (start === end) return { isNegative: false, digits: '', exponent: 0 }
  const exponent = Math.max(-maxPower, Math.min(maxPower, Number(power))) - fraction.length + all.length - end
  return { isNegative: sign === '-', digits: all.slice(start, end), exponent }
}

// Where doubles still count one by one.
const maxPower = 1e15

function significant(digits: string): readonly [number, number] {
  let [start, end] = [0, digits.length]
  while (start < end && digits[start] === '0') start++
  while (end > start && digits[end - 1] === '0') end--
  return [start, end]
}

export function isInteger({ exponent }: Decimal): boolean {
  return exponent >= 0
}

/** Below, at or above zero as `a` is less than, equal to or greater than `b`. */
export function compare(a: Decimal, b: Decimal): number {
  if (signOf(a) !== signOf(b)) return signOf(a) - signOf(b)
  return a.isNegative ? -compareSizes(a, b) : compareSizes(a, b)
}

function signOf({ digits, isNegative }: Decimal): number {
  return digits === '' ? 0 : isNegative ? -1 : 1
}

function compareSizes(a: Decimal, b: Decimal): number {
  const [sizeA, sizeB] = [a.digits.length + a.exponent, b.digits.length + b.exponent]
  if (sizeA !== sizeB) return sizeA - sizeB
  return a.digits < b.digits ? -1 : Number(a.digits > b.digits)
}

/** Whether `a` is a whole number of times `b`; zero is that of everything. */
export function isMultiple(a: Decimal, b: Decimal): boolean {
  if (a.digits === '') return true
  // Digits of `a` end with no zero, so a power of ten below that of `b` leaves a remainder.
  if (b.digits === '' || a.exponent < b.exponent) return false
  if (b.digits === '1') return true
  const divisor = BigInt(b.digits)
  return (BigInt(a.digits) * powerOfTen(a.exponent - b.exponent, divisor)) % divisor === 0n
}

/** 10^`exponent` modulo `divisor`: 1e400000000 must not be written out. */
function powerOfTen(exponent: number, divisor: bigint): bigint {
  let [result, base, rest] = [1n, 10n % divisor, exponent]
  while (rest > 0) {
    if (rest % 2 === 1) result = (result * base) % divisor
    base = (base * base) % divisor
    rest = Math.floor(rest / 2)
  }
  return result
}
