import { Digits, type Json } from '../../singer/index.js'

/** The text of a number, or of a text that reads as one; `undefined` for all else. */
export function numberText(value: Json): string | undefined {
  if (value instanceof Digits) return value.text
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? value : undefined
}
