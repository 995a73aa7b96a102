import { ConfigError, Digits, type Json, jsonText, parseJson, SourceError } from '../../singer/index.js'
import { percentEncoded } from '../paging/url-query.js'
import { parseDecimal } from '../sync/decimal.js'
import { formatStrftime } from '../sync/strftime.js'
import { formatInstant, type Instant, parseInstant } from '../sync/times.js'
import { numberText } from './numbers.js'
import type { TimeFormat } from './plan.js'

/** What stands behind `|` in a placeholder. Absent values pass through all of them but `default`. */
export type Filter = (value: Json | undefined) => Json | undefined

/** The filter of that name, to be made with what stands in its parentheses. @throws ConfigError about that. */
export function filterOf(name: string): ((argument: string | undefined) => Filter) | undefined {
  return Object.hasOwn(filters, name) ? filters[name] : undefined
}

const filters: Readonly<Record<string, (argument: string | undefined) => Filter>> = {
  iso: time('iso'),
  iso_z: time('iso_z'),
  date: time('date'),
  epoch: time('epoch'),
  epoch_ms: time('epoch_ms'),
  strftime: (pattern) => {
    if (!pattern) throw new ConfigError('needs a pattern, such as strftime(%Y-%m-%d)')
    const at = (value: Json) => formatInstant(instantOf(value), `strftime:${pattern}`)
    formatStrftime({ units: 0n, scale: 0 }, pattern)
    return present(at)
  },
  urlencode: plain((value) => percentEncoded(textOf(value))),
  json: plain((value) => jsonText(value)),
  default: (argument = '') => {
    const fallback = literalOf(argument)
    return (value) => (value === undefined || value === null || value === '' ? fallback : value)
  },
  join: (separator = ',') =>
    present((value) => (Array.isArray(value) ? value.map(textOf).join(separator) : textOf(value))),
}

export const filterNames: readonly string[] = [...Object.keys(filters), 'raw']

function present(filter: (value: Json) => Json): Filter {
  return (value) => (value === undefined || value === null ? value : filter(value))
}

function plain(filter: (value: Json) => Json): (argument: string | undefined) => Filter {
  return (argument) => {
    if (argument !== undefined) throw new ConfigError('takes nothing in parentheses')
    return present(filter)
  }
}

function time(format: TimeFormat): (argument: string | undefined) => Filter {
  return plain((value) => formatInstant(instantOf(value), format))
}

/** Of a number seconds since 1970, from 10^11 on milliseconds. */
function instantOf(value: Json): Instant {
  const number = numberText(value)
  const instant = number === undefined ? parseInstant(textOf(value)) : parseDecimal(number)
  if (!instant) throw new SourceError('holds no time')
  const isMilliseconds = number !== undefined && Math.abs(Number(number)) >= 1e11
  return isMilliseconds ? { units: instant.units, scale: instant.scale + 3 } : instant
}

function textOf(value: Json): string {
  if (value instanceof Digits) return value.text
  return typeof value === 'object' ? jsonText(value) : String(value)
}

/** `default(0)` is a number, `default("0")` came without its quotes: no number can be told from it, so a text. */
function literalOf(argument: string): Json {
  if (!/^(?:-?\d[\d.eE+-]*|true|false|null|\[.*\]|\{.*\})$/.test(argument)) return argument
  try {
    return parseJson(argument)
  } catch {
    return argument
  }
}
