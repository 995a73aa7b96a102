import { Digits, type Json } from '../singer/index.js'

/** The text of a number, or of a text that reads as one; `undefined` for all else. */
export function numberText(value: Json): string | undefined {
  if (value instanceof Digits) return value.text
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? value : undefined
}

/** Below 0, 0 or above, however many digits they have: both are numbers as JSON writes them. */
export function compareNumbers(one: string, other: string): number {
  const [a, b] = [parts(one), parts(other)]
  if (a.sign !== b.sign) return a.sign - b.sign
  return a.sign * compareMagnitudes(a, b)
}

interface Parts {
  readonly sign: -1 | 0 | 1
  /** Without zeros at either end: 0.`digits` × 10^`exponent`. */
  readonly digits: string
  readonly exponent: number
}

function parts(text: string): Parts {
  const [, minus, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const all = `${whole}${fraction}`
  const leading = /^0*/.exec(all)?.[0].length ?? 0
  const digits = all.slice(leading).replace(/0+$/, '')
  if (digits === '') return { sign: 0, digits, exponent: 0 }
  return { sign: minus ? -1 : 1, digits, exponent: Number(exponent) + whole.length - leading }
}

function compareMagnitudes(a: Parts, b: Parts): number {
  if (a.exponent !== b.exponent) return a.exponent - b.exponent
  if (a.digits === b.digits) return 0
  return a.digits < b.digits ? -1 : 1
}
