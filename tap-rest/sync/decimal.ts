/** An exact number, `units / 10 ** scale`. Instants are seconds since 1970 in it, whatever the digits of their fraction. */
export interface Decimal {
  readonly units: bigint
  readonly scale: number
}

/** Undefined for what is no number, and for exponents that would make it thousands of digits long. */
export function parseDecimal(text: string): Decimal | undefined {
  const [, whole, fraction = '', exponent = '0'] = /^(-?\d+)(?:\.(\d+))?(?:[eE]([-+]?\d{1,4}))?$/.exec(text) ?? []
  if (whole === undefined) return undefined
  const units = BigInt(whole + fraction)
  const scale = fraction.length - Number(exponent)
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale }
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.scale === b.scale) return a.units < b.units ? -1 : a.units > b.units ? 1 : 0
  const scale = Math.max(a.scale, b.scale)
  const left = unitsAt(a, scale)
  const right = unitsAt(b, scale)
  return left < right ? -1 : left > right ? 1 : 0
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale }
}

export function negated({ units, scale }: Decimal): Decimal {
  return { units: -units, scale }
}

/** How many whole units of `10 ** -scale` it holds; rounded down, below zero too. */
export function unitsAt({ units, scale: given }: Decimal, scale: number): bigint {
  if (scale === given) return units
  if (scale >= given) return units * 10n ** BigInt(scale - given)
  const divisor = 10n ** BigInt(given - scale)
  const quotient = units / divisor
  return units < 0n && units % divisor !== 0n ? quotient - 1n : quotient
}

/** `-1.50`: all its digits. */
export function decimalText({ units, scale }: Decimal): string {
  if (scale === 0) return String(units)
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
