import { ConfigError, Digits, type Json, jsonText, parseJson, SourceError } from '../singer/index.js'
import type { TimeFormat } from './plan.js'
import { formatTime, strftime, timeOf } from './time-format.js'

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
    strftime(0, pattern)
    return present((value) => formatTime(instant(value), `strftime:${pattern}`))
  },
  urlencode: plain((value) => encodeURIComponent(textOf(value))),
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
  return plain((value) => formatTime(instant(value), format))
}

function instant(value: Json): number {
  const ms = timeOf(value)
  if (ms === undefined) throw new SourceError('holds no time')
  return ms
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
