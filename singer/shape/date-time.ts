import { viewOf } from '../bytes.js'

/**
 * Whether these bytes are a date-time as every target reads it: RFC 3339 with `T`, and `Z` or an offset; a day that the
 * calendar has, no year 0, no leap second.
 */
export function isDateTime(view: DataView, start: number, end: number): boolean {
  if (end - start < shortest || !hasMarks(view, start)) return false
  const year = 100 * two(view, start) + two(view, start + 2)
  const month = two(view, start + 5)
  const day = two(view, start + 8)
  const isDate = year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
  return isDate && isTime(view, start + 11) && isOffset(view, afterFraction(view, start + 19, end), end)
}

/** The same of a text. */
export function isDateTimeText(text: string): boolean {
  const bytes = Buffer.from(text)
  return isDateTime(viewOf(bytes), 0, bytes.length)
}

const shortest = '2024-01-31T23:59:59Z'.length
const [DASH, COLON, POINT, PLUS, LETTER_T, LETTER_Z] = [0x2d, 0x3a, 0x2e, 0x2b, 0x54, 0x5a]

function hasMarks(view: DataView, start: number): boolean {
  const isDate = view.getUint8(start + 4) === DASH && view.getUint8(start + 7) === DASH
  const isTime = view.getUint8(start + 13) === COLON && view.getUint8(start + 16) === COLON
  return isDate && isTime && view.getUint8(start + 10) === LETTER_T
}

function isTime(view: DataView, at: number): boolean {
  return two(view, at) < 24 && two(view, at + 3) < 60 && two(view, at + 6) < 60
}

/** -1: a point without digits. */
function afterFraction(view: DataView, at: number, end: number): number {
  if (view.getUint8(at) !== POINT) return at
  let i = at + 1
  while (i < end && isDigit(view.getUint8(i))) i++
  return i === at + 1 ? -1 : i
}

function isOffset(view: DataView, at: number, end: number): boolean {
  if (at < 0 || at >= end) return false
  const sign = view.getUint8(at)
  if (sign === LETTER_Z) return at + 1 === end
  if ((sign !== PLUS && sign !== DASH) || at + 6 !== end) return false
  return two(view, at + 1) < 24 && view.getUint8(at + 3) === COLON && two(view, at + 4) < 60
}

const wrong = 10_000

/** Two digits; `wrong`, which is in no range, when they are none. */
function two(view: DataView, at: number): number {
  const tens = view.getUint8(at)
  const ones = view.getUint8(at + 1)
  return isDigit(tens) && isDigit(ones) ? 10 * (tens - 48) + ones - 48 : wrong
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}
