import { ConfigError } from '../../singer/index.js'
import { type Decimal, unitsAt } from './decimal.js'

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
].concat(['November', 'December'])
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

interface Directive {
  write(at: Date, instant: Decimal): string
  /** What it matches, when it says something of the time. */
  readonly pattern: string
  /** Where its text goes. */
  readonly part?: Part
}

type Part = 'year' | 'shortYear' | 'month' | 'monthName' | 'day' | 'dayOfYear' | 'hour' | 'hour12' | 'half' | 'minute'
type Parts = Partial<Record<Part | 'second' | 'fraction' | 'zone' | 'epoch', string>>

const two = (value: number) => String(value).padStart(2, '0')
const short = (names: readonly string[]) => names.map((name) => name.slice(0, 3))
const oneOf = (names: readonly string[]) => names.join('|')

const directives: Readonly<Record<string, Omit<Directive, 'part'> & { readonly part?: keyof Parts }>> = {
  Y: { write: (at) => String(at.getUTCFullYear()).padStart(4, '0'), pattern: '\\d{4}', part: 'year' },
  y: { write: (at) => two(at.getUTCFullYear() % 100), pattern: '\\d\\d', part: 'shortYear' },
  m: { write: (at) => two(at.getUTCMonth() + 1), pattern: '\\d\\d?', part: 'month' },
  B: { write: (at) => months[at.getUTCMonth()] ?? '', pattern: oneOf(months), part: 'monthName' },
  b: { write: (at) => short(months)[at.getUTCMonth()] ?? '', pattern: oneOf(short(months)), part: 'monthName' },
  d: { write: (at) => two(at.getUTCDate()), pattern: '\\d\\d?', part: 'day' },
  e: { write: (at) => String(at.getUTCDate()).padStart(2), pattern: ' ?\\d\\d?', part: 'day' },
  j: { write: (at) => String(dayOfYear(at)).padStart(3, '0'), pattern: '\\d{3}', part: 'dayOfYear' },
  A: { write: (at) => days[at.getUTCDay()] ?? '', pattern: oneOf(days) },
  a: { write: (at) => short(days)[at.getUTCDay()] ?? '', pattern: oneOf(short(days)) },
  H: { write: (at) => two(at.getUTCHours()), pattern: '\\d\\d?', part: 'hour' },
  I: { write: (at) => two(at.getUTCHours() % 12 || 12), pattern: '\\d\\d?', part: 'hour12' },
  p: { write: (at) => (at.getUTCHours() < 12 ? 'AM' : 'PM'), pattern: 'AM|PM', part: 'half' },
  M: { write: (at) => two(at.getUTCMinutes()), pattern: '\\d\\d?', part: 'minute' },
  S: { write: (at) => two(at.getUTCSeconds()), pattern: '\\d\\d?', part: 'second' },
  f: { write: (_, instant) => String(microseconds(instant)).padStart(6, '0'), pattern: '\\d{1,9}', part: 'fraction' },
  s: { write: (_, instant) => String(unitsAt(instant, 0)), pattern: '-?\\d+', part: 'epoch' },
  z: { write: () => '+0000', pattern: 'Z|[-+]\\d\\d:?\\d\\d', part: 'zone' },
  Z: { write: () => 'UTC', pattern: 'UTC|GMT|Z' },
  '%': { write: () => '%', pattern: '%' },
}
const wholes: Readonly<Record<string, string>> = { F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M', D: '%m/%d/%y' }

/**
 * As Python's `datetime.strftime` in UTC, `%f` being six digits.
 * @throws ConfigError for a directive that there is not.
 */
export function formatStrftime(instant: Decimal, pattern: string): string {
  const at = new Date(Number(unitsAt(instant, 0)) * 1000)
  return spelledOut(pattern).replace(/%(.)/gs, (_, letter: string) => directive(letter).write(at, instant))
}

/** Undefined for a text that the pattern did not write. */
export function parseStrftime(text: string, pattern: string): Decimal | undefined {
  const found = matcher(pattern).exec(text)
  if (!found) return undefined
  const parts: Parts = {}
  readers.get(pattern)?.parts.forEach((part, index) => {
    if (part) parts[part] = found[index + 1] ?? ''
  })
  return instantOfParts(parts)
}

// Patterns are few, texts are many.
const readers = new Map<string, { readonly regex: RegExp; readonly parts: readonly (keyof Parts | undefined)[] }>()

function matcher(pattern: string): RegExp {
  const known = readers.get(pattern)
  if (known) return known.regex
  const parts: (keyof Parts | undefined)[] = []
  const source = spelledOut(pattern).replace(/%(.)|[\\^$.*+?()[\]{}|/]/gs, (literal, letter?: string) => {
    if (letter === undefined) return `\\${literal}`
    const { pattern: matched, part } = directive(letter)
    parts.push(part)
    return `(${matched})`
  })
  const regex = new RegExp(`^${source}$`)
  readers.set(pattern, { regex, parts })
  return regex
}

function instantOfParts(parts: Parts): Decimal | undefined {
  const fraction = parts.fraction ?? ''
  const seconds = parts.epoch === undefined ? calendarSeconds(parts) : Number(parts.epoch)
  if (Number.isNaN(seconds)) return undefined
  return { units: BigInt(seconds) * 10n ** BigInt(fraction.length) + BigInt(fraction), scale: fraction.length }
}

function calendarSeconds(parts: Parts): number {
  const { month = '1', day = '1', minute = '0', second = '0', monthName, dayOfYear: yearDay } = parts
  const byName = monthName === undefined ? Number(month) - 1 : short(months).indexOf(monthName.slice(0, 3))
  const [monthIndex, date] = yearDay === undefined ? [byName, Number(day)] : [0, Number(yearDay)]
  const at = Date.UTC(yearOf(parts), monthIndex, date, hourOf(parts), Number(minute), Number(second))
  return at / 1000 - zoneSeconds(parts.zone)
}

// As POSIX has it: 69 to 99 are of the last century.
function yearOf({ year, shortYear }: Parts): number {
  if (year !== undefined) return Number(year)
  return shortYear === undefined ? 1970 : Number(shortYear) + (Number(shortYear) < 69 ? 2000 : 1900)
}

function hourOf({ hour, hour12, half }: Parts): number {
  if (hour12 === undefined) return Number(hour ?? '0')
  return (Number(hour12) % 12) + (half === 'PM' ? 12 : 0)
}

function zoneSeconds(zone = 'Z'): number {
  if (zone === 'Z') return 0
  const digits = zone.replace(':', '')
  const seconds = Number(digits.slice(1, 3)) * 3600 + Number(digits.slice(3)) * 60
  return digits.startsWith('-') ? -seconds : seconds
}

function spelledOut(pattern: string): string {
  return pattern.replace(/%([%FTRD])/g, (found, letter: string) => wholes[letter] ?? found)
}

function directive(letter: string) {
  const known = Object.hasOwn(directives, letter) ? directives[letter] : undefined
  if (known) return known
  const names = [...Object.keys(directives), ...Object.keys(wholes)].map((name) => `%${name}`).join(' ')
  throw new ConfigError(`there is no %${letter}; known are ${names}`)
}

function dayOfYear(at: Date): number {
  return (
    1 +
    Math.round(
      (Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()) - Date.UTC(at.getUTCFullYear(), 0)) /
        86_400_000,
    )
  )
}

function microseconds(instant: Decimal): bigint {
  return ((unitsAt(instant, 6) % 1_000_000n) + 1_000_000n) % 1_000_000n
}
