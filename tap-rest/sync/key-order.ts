import { Digits, type Json, parseJson } from '../../singer/index.js'
import type { Duration, TimeFormat } from '../settings/plan.js'
import { addDecimals, compareDecimals, type Decimal, decimalText, negated, parseDecimal, unitsAt } from './decimal.js'
import { addDuration, formatInstant, type Instant, parseInstant, parsePattern } from './times.js'

/** A value of the replication key. */
export interface Key {
  /** As received. */
  readonly value: Json
  readonly kind: 'time' | 'number' | 'text'
  /** Seconds since 1970 of a time; absent for texts. */
  readonly order?: Decimal
}

export interface KeyRules {
  /** The one that the settings give for what is sent; texts of it are understood, too. */
  readonly format: TimeFormat
  /**
   * Whether numbers are seconds since 1970, or thousandths, millionths … where that gives a plausible year. `from 1973`:
   * only numbers that are that late; what is less counts something else.
   */
  readonly numbersAreTimes: boolean | 'from 1973'
}

/** Undefined for what has no order: null, empty texts, booleans, lists and objects. */
export function keyOf(value: Json | undefined, rules: KeyRules): Key | undefined {
  if (value === undefined || value === '' || typeof value === 'boolean') return undefined
  if (typeof value === 'object' && !(value instanceof Digits)) return undefined
  const text = textOf(value)
  const time = parsePattern(text, rules.format) ?? (typeof value === 'string' ? parseInstant(text) : undefined)
  if (time) return { value, kind: 'time', order: time }
  const number = parseDecimal(text)
  if (number && areTimes(number, rules))
    return { value, kind: 'time', order: sinceEpoch(number, epochScale(text, rules)) }
  return number ? { value, kind: 'number', order: number } : { value, kind: 'text' }
}

function areTimes(number: Decimal, { numbersAreTimes }: KeyRules): boolean {
  return numbersAreTimes === true || (numbersAreTimes === 'from 1973' && compareDecimals(number, in1973) >= 0)
}

const in1973: Decimal = { units: 100_000_000n, scale: 0 }

/** The raw JSON text of a field, as pages have it. */
export function keyOfField(field: Buffer | undefined, rules: KeyRules): Key | undefined {
  if (field === undefined) return undefined
  const isPlainText = field[0] === quote && !field.includes(backslash)
  return keyOf(isPlainText ? field.toString('utf8', 1, field.length - 1) : parseJson(field.toString('utf8')), rules)
}

const quote = 0x22
const backslash = 0x5c

/** Below 0, 0 or above. Instants and numbers by all their digits; a text, or one kind beside another, as texts. */
export function compareKeys(a: Key, b: Key): number {
  if (a.order && b.order && a.kind === b.kind) return compareDecimals(a.order, b.order)
  const left = textOf(a.value)
  const right = textOf(b.value)
  return left < right ? -1 : left > right ? 1 : 0
}

/** This far before it, spelled alike. A number counts seconds before a time. Texts have no distances: `key` itself. */
export function before(key: Key, distance: Duration | number | undefined, rules: KeyRules): Key {
  if (!key.order || distance === undefined) return key
  if (typeof distance === 'number') {
    const by = parseDecimal(String(distance))
    return by ? spelledAlike(key, addDecimals(key.order, negated(by)), rules) : key
  }
  if (key.kind !== 'time') return key
  return spelledAlike(key, addDuration(key.order, { months: -distance.months, ms: -distance.ms }), rules)
}

/** Another instant or number in the spelling of `key`; what that cannot say is cut off, so that it is never later. */
export function spelledAlike(key: Key, order: Decimal, rules: KeyRules): Key {
  const text = textOf(key.value)
  const spelled = key.kind === 'time' ? timeAlike(text, order, rules) : decimalText(order)
  const value = typeof key.value === 'string' ? spelled : parseJson(spelled)
  return keyOf(value, rules) ?? key
}

function timeAlike(text: string, order: Instant, rules: KeyRules): string {
  if (parsePattern(text, rules.format)) return String(formatInstant(order, rules.format))
  if (parseDecimal(text)) return String(unitsAt(order, epochScale(text, rules)))
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return String(formatInstant(order, 'date'))
  const iso = String(formatInstant(order, /[+-]\d\d:?\d\d$/.test(text) ? 'iso' : 'iso_z'))
  const zoned = /\d$/.test(text) && iso.endsWith('Z') ? iso.slice(0, -1) : iso
  return text.charAt(10) === ' ' ? zoned.replace('T', ' ') : zoned
}

/** As `{state}`, a bound of a window or `param` say it. */
export function sentAs(key: Key, format: TimeFormat): Json {
  if (key.kind !== 'time' || !key.order) return key.value
  // Nobody knows better than the API how it writes its times.
  const isComplete = typeof key.value === 'string' && /^\d{4}-\d\d-\d\d[T ]/.test(key.value)
  return format === 'iso' && isComplete ? key.value : formatInstant(key.order, format)
}

/** How many digits stand behind the second: an epoch of 12 digits is in milliseconds, since its year would be 5138. */
function epochScale(text: string, { format }: KeyRules): number {
  if (format === 'epoch_ms') return 3
  const digits = text.replace(/^-/, '').replace(/[.eE].*$/, '').length
  return digits >= 18 ? 9 : digits >= 15 ? 6 : digits >= 12 ? 3 : 0
}

function sinceEpoch({ units, scale }: Decimal, epoch: number): Instant {
  return { units, scale: scale + epoch }
}

function textOf(value: Json): string {
  return value instanceof Digits ? value.text : String(value)
}
