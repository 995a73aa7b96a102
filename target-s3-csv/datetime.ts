import { viewOf } from '../singer/bytes.js'
import { compilePattern, fields, type Step } from './datetime-pattern.js'

const minutesOfDay = 24 * 60

/** Rewrites date-times of RFC 3339 in a pattern and in UTC. */
export class DateTimeFormat {
  /** Bytes of every text that it writes. */
  readonly width: number
  readonly #steps: readonly Step[]
  // What was parsed last: year to second, and where the digits of the fraction stand.
  readonly #values = new Int32Array(6)
  #view: DataView = viewOf(Buffer.alloc(0))
  #fraction = 0
  #fractionEnd = 0

  constructor(pattern: string) {
    this.width = pattern.length
    this.#steps = compilePattern(pattern)
  }

  /** Reads the text from `start` to `end`; false when it is no date-time. Without an offset it counts as UTC. */
  parse(view: DataView, start: number, end: number): boolean {
    if (end - start < 19 || !this.#parseDate(view, start) || !this.#parseTime(view, start + 10)) return false
    const hasFraction = end - start > 19 && view.getUint8(start + 19) === 46
    this.#view = view
    this.#fraction = hasFraction ? start + 20 : start + 19
    this.#fractionEnd = hasFraction ? skipDigits(view, start + 20, end) : start + 19
    if (hasFraction && this.#fractionEnd === this.#fraction) return false
    const offset = offsetMinutes(view, this.#fractionEnd, end)
    return offset === 0 || (offset !== undefined && this.#shift(-offset))
  }

  /** Writes what was parsed last; returns the position after it. Fractions are cut off or filled up with zeros. */
  write(out: DataView, at: number): number {
    let o = at
    for (const step of this.#steps) {
      if (step.field === undefined) out.setUint8(o++, step.byte)
      else if (step.field === fields.fraction) o = this.#writeFraction(out, o, step.digits)
      else {
        const value = this.#values[step.field] ?? 0
        if (step.digits === 4) o = writeTwo(out, o, Math.trunc(value / 100))
        o = writeTwo(out, o, value % 100)
      }
    }
    return o
  }

  #parseDate(view: DataView, start: number): boolean {
    const century = twoDigits(view, start)
    const years = twoDigits(view, start + 2)
    const month = twoDigits(view, start + 5)
    const day = twoDigits(view, start + 8)
    const year = century * 100 + years
    this.#values[fields.year] = year
    this.#values[fields.month] = month
    this.#values[fields.day] = day
    const isSeparated = view.getUint8(start + 4) === 45 && view.getUint8(start + 7) === 45
    if (!isSeparated || century < 0 || years < 0 || month < 1 || month > 12) return false
    return day >= 1 && day <= daysOf(year, month)
  }

  /** `T12:34:56`, or with a small t or a space: https://www.rfc-editor.org/rfc/rfc3339#section-5.6 */
  #parseTime(view: DataView, start: number): boolean {
    const hour = twoDigits(view, start + 1)
    const minute = twoDigits(view, start + 4)
    const second = twoDigits(view, start + 7)
    this.#values[fields.hour] = hour
    this.#values[fields.minute] = minute
    this.#values[fields.second] = second
    const isSeparated =
      (view.getUint8(start) === 84 || view.getUint8(start) === 116 || view.getUint8(start) === 32) &&
      view.getUint8(start + 3) === 58
    if (!isSeparated || view.getUint8(start + 6) !== 58) return false
    return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 60
  }

  /** By less than a day. False when that leaves the years 0000 to 9999. */
  #shift(minutes: number): boolean {
    const values = this.#values
    const total = (values[fields.hour] ?? 0) * 60 + (values[fields.minute] ?? 0) + minutes
    const inDay = (total + minutesOfDay) % minutesOfDay
    values[fields.hour] = Math.trunc(inDay / 60)
    values[fields.minute] = inDay % 60
    if (total < 0) this.#toDay((values[fields.day] ?? 0) - 1)
    if (total >= minutesOfDay) this.#toDay((values[fields.day] ?? 0) + 1)
    const year = values[fields.year] ?? 0
    return year >= 0 && year <= 9999
  }

  /** `day` may be one before or one after the month. */
  #toDay(day: number) {
    const values = this.#values
    const months = (values[fields.year] ?? 0) * 12 + (values[fields.month] ?? 0) - 1
    const isAfter = day > daysOf(values[fields.year] ?? 0, values[fields.month] ?? 0)
    const month = months + (day < 1 ? -1 : isAfter ? 1 : 0)
    values[fields.year] = Math.floor(month / 12)
    values[fields.month] = (month % 12) + 1
    values[fields.day] = isAfter ? 1 : day < 1 ? daysOf(values[fields.year] ?? 0, values[fields.month] ?? 0) : day
  }

  #writeFraction(out: DataView, at: number, digits: number): number {
    for (let i = 0; i < digits; i++) {
      const from = this.#fraction + i
      out.setUint8(at + i, from < this.#fractionEnd ? this.#view.getUint8(from) : 48)
    }
    return at + digits
  }
}

/** -1 when there are none. */
function twoDigits(view: DataView, at: number): number {
  const tens = view.getUint8(at) - 48
  const ones = view.getUint8(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

function writeTwo(out: DataView, at: number, value: number): number {
  out.setUint8(at, 48 + Math.trunc(value / 10))
  out.setUint8(at + 1, 48 + (value % 10))
  return at + 2
}

function skipDigits(view: DataView, at: number, end: number): number {
  let i = at
  while (i < end && view.getUint8(i) >= 48 && view.getUint8(i) <= 57) i++
  return i
}

/** Of `Z`, `+hh:mm`, `-hhmm` or nothing; undefined when it is something else. */
function offsetMinutes(view: DataView, at: number, end: number): number | undefined {
  const length = end - at
  if (length === 0 || (length === 1 && (view.getUint8(at) | 32) === 122)) return 0
  const isColon = length === 6 && view.getUint8(at + 3) === 58
  if (length !== 5 && !isColon) return undefined
  const sign = view.getUint8(at)
  const hours = twoDigits(view, at + 1)
  const minutes = twoDigits(view, end - 2)
  const isOffset = (sign === 43 || sign === 45) && hours >= 0 && hours <= 23 && minutes >= 0 && minutes <= 59
  return isOffset ? (sign === 45 ? -1 : 1) * (hours * 60 + minutes) : undefined
}

function daysOf(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}
