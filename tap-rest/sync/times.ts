import type { Duration, TimeFormat } from '../settings/plan.js'
import { addDecimals, type Decimal, unitsAt } from './decimal.js'
import { formatStrftime, parseStrftime } from './strftime.js'

/** Seconds since 1970 with every digit of the fraction. */
export type Instant = Decimal

const iso = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d)?(?:[.,](\d+))?)?\s?(Z|z|UTC|GMT|[-+]\d\d(?::?\d\d)?)?$/

/** ISO 8601 and the dates of HTTP headers. A time without a zone is UTC. Undefined for anything else. */
export function parseInstant(text: string): Instant | undefined {
  const [, date, time = '00:00', seconds = ':00', fraction = '', zone] = iso.exec(text) ?? []
  const whole = date === undefined ? httpDate(text) : Date.parse(`${date}T${time}${seconds}${offset(zone)}`)
  if (Number.isNaN(whole)) return undefined
  const scale = fraction.length
  if (whole >= 0) return { units: BigInt(`${whole / 1000}${fraction}`), scale }
  return addDecimals({ units: BigInt(whole / 1000), scale: 0 }, { units: BigInt(`0${fraction}`), scale })
}

/** What `pattern` wrote. */
export function parsePattern(text: string, format: TimeFormat): Instant | undefined {
  return format.startsWith(strftime) ? parseStrftime(text, format.slice(strftime.length)) : undefined
}

const strftime = 'strftime:'

function offset(zone = 'Z'): string {
  if (!/^[-+]/.test(zone)) return 'Z'
  const digits = zone.replace(':', '').padEnd(5, '0')
  return `${digits.slice(0, 3)}:${digits.slice(3)}`
}

function httpDate(text: string): number {
  return /^[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} /.test(text) ? Date.parse(text) : Number.NaN
}

/** Numbers for `epoch` and `epoch_ms`. What a format has no place for is cut off: it never names a later moment. */
export function formatInstant(instant: Instant, format: TimeFormat): string | number {
  switch (format) {
    case 'iso':
      return `${dateTimeText(instant)}+00:00`
    case 'iso_z':
      return `${dateTimeText(instant)}Z`
    case 'date':
      return dateTimeText(instant).slice(0, -'T00:00:00'.length - fractionText(instant).length)
    case 'epoch':
      return Number(unitsAt(instant, 0))
    case 'epoch_ms':
      return Number(unitsAt(instant, 3))
    default:
      return formatStrftime(instant, format.slice(strftime.length))
  }
}

/** `2024-02-29T12:00:00.5`, UTC. */
function dateTimeText(instant: Instant): string {
  const whole = new Date(Number(unitsAt(instant, 0)) * 1000).toISOString().slice(0, -'.000Z'.length)
  return whole + fractionText(instant)
}

function fractionText({ units, scale }: Instant): string {
  if (scale === 0) return ''
  const one = 10n ** BigInt(scale)
  return `.${String(((units % one) + one) % one).padStart(scale, '0')}`
}

/** Months are those of the calendar; from a day that the month does not have, its last one. */
export function addDuration(instant: Instant, { months, ms }: Duration): Instant {
  const shifted = months === 0 ? instant : addMonths(instant, months)
  if (ms === 0) return shifted
  // Whole seconds add no digits.
  const by = ms % 1000 === 0 ? { units: BigInt(ms / 1000), scale: 0 } : { units: BigInt(Math.round(ms)), scale: 3 }
  return addDecimals(shifted, by)
}

function addMonths(instant: Instant, months: number): Instant {
  const seconds = unitsAt(instant, 0)
  const from = new Date(Number(seconds) * 1000)
  const to = new Date(from)
  to.setUTCDate(1)
  to.setUTCMonth(from.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate()
  to.setUTCDate(Math.min(from.getUTCDate(), lastDay))
  return addDecimals(instant, { units: BigInt(to.getTime() / 1000) - seconds, scale: 0 })
}

/** Whole seconds: not every API takes their fractions. */
export function instantOf(date: Date): Instant {
  return { units: BigInt(Math.floor(date.getTime() / 1000)), scale: 0 }
}
