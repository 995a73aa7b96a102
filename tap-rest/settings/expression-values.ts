import { Digits, isObject, type Json, stableText } from '../../singer/index.js'
import { compareDecimals, type Decimal, parseDecimal } from '../sync/decimal.js'
import { numberText } from './numbers.js'

/** What counts as yes: all but null, false, 0, and empty texts, lists and objects. */
export function isTrue(value: Json): boolean {
  if (value instanceof Digits) return parseDecimal(value.text)?.units !== 0n
  if (typeof value === 'object') return value !== null && sizeOf(value) > 0
  return value !== false && value !== 0 && value !== ''
}

/** 0 when equal; `undefined` when they are not and have no order. A text that reads as a number equals that number. */
export function compare(one: Json, other: Json): number | undefined {
  if (typeof one === 'string' && typeof other === 'string') return one === other ? 0 : one < other ? -1 : 1
  const [left, right] = [numberOf(one), numberOf(other)]
  if (left && right) return compareDecimals(left, right)
  return stableText(one) === stableText(other) ? 0 : undefined
}

function numberOf(value: Json): Decimal | undefined {
  const text = numberText(value)
  return text === undefined ? undefined : parseDecimal(text)
}

/** Characters of a text, items of a list, fields of an object; 0 of all else. */
export function sizeOf(value: Json): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length
  return isObject(value) ? Object.keys(value).length : 0
}

export function itemOf(value: Json, which: 'first' | 'last'): Json | undefined {
  return Array.isArray(value) ? value.at(which === 'first' ? 0 : -1) : undefined
}

/** A list has an item equal to it, a text has it as a part, an object has a field of that name. */
export function containsValue(value: Json, wanted: Json): boolean {
  if (Array.isArray(value)) return value.some((item: Json) => compare(item, wanted) === 0)
  if (typeof wanted !== 'string') return false
  return typeof value === 'string' ? value.includes(wanted) : isObject(value) && Object.hasOwn(value, wanted)
}
