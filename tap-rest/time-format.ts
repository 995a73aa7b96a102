import { ConfigError, Digits, type Json } from '../singer/index.js'
import type { TimeFormat } from './plan.js'

/** A time as APIs want it: text, or a number for `epoch` and `epoch_ms`. Always in UTC. */
export function formatTime(ms: number, format: TimeFormat): string | number {
  switch (format) {
    case 'iso':
      return isoText(ms).replace('Z', '+00:00')
    case 'iso_z':
      return isoText(ms)
    case 'date':
      return isoText(ms).slice(0, 10)
    case 'epoch':
      return Math.floor(ms / 1000)
    case 'epoch_ms':
      return ms
    default:
      return strftime(ms, format.slice('strftime:'.length))
  }
}

/** Without a fraction where there is none. */
function isoText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

/** Milliseconds since 1970: of RFC 3339 texts, dates (UTC, unless they say otherwise), and numbers of seconds or, from 10^11 on, milliseconds. */
export function timeOf(value: Json): number | undefined {
  if (value instanceof Digits) return ofNumber(Number(value.text))
  if (typeof value === 'number') return ofNumber(value)
  if (typeof value !== 'string') return undefined
  if (/^-?\d{9,}(\.\d+)?$/.test(value)) return ofNumber(Number(value))
  if (!/^\d{4}-\d\d(-\d\d)?/.test(value)) return checked(Date.parse(value))
  const hasZone = value.length <= 10 || /(?:Z|[+-]\d\d:?\d\d)$/i.test(value)
  return checked(Date.parse(hasZone ? value.replace(' ', 'T') : `${value.replace(' ', 'T')}Z`))
}

function ofNumber(value: number): number | undefined {
  return checked(Math.abs(value) >= 1e11 ? Math.floor(value) : Math.floor(value * 1000))
}

function checked(ms: number): number | undefined {
  return Math.abs(ms) <= 8.64e15 ? ms : undefined
}

/** The directives of C that name no locale. @throws ConfigError for another one. */
export function strftime(ms: number, pattern: string): string {
  const date = new Date(ms)
  return pattern.replaceAll(/%(.?)/g, (_, letter: string) => {
    const directive = Object.hasOwn(directives, letter) ? directives[letter] : undefined
    if (!directive) throw new ConfigError(`does not know %${letter}; known: ${Object.keys(directives).join(' ')}`)
    return directive(date)
  })
}

const directives: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => padded(date.getUTCFullYear(), 4),
  y: (date) => padded(date.getUTCFullYear() % 100, 2),
  m: (date) => padded(date.getUTCMonth() + 1, 2),
  d: (date) => padded(date.getUTCDate(), 2),
  H: (date) => padded(date.getUTCHours(), 2),
  I: (date) => padded(date.getUTCHours() % 12 || 12, 2),
  p: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  M: (date) => padded(date.getUTCMinutes(), 2),
  S: (date) => padded(date.getUTCSeconds(), 2),
  f: (date) => `${padded(date.getUTCMilliseconds(), 3)}000`,
  j: (date) =>
    padded((Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - yearOf(date)) / 864e5 + 1, 3),
  F: (date) => date.toISOString().slice(0, 10),
  T: (date) => date.toISOString().slice(11, 19),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  z: () => '+0000',
  Z: () => 'UTC',
  '%': () => '%',
}

function yearOf(date: Date): number {
  return Date.UTC(date.getUTCFullYear(), 0, 1)
}

function padded(value: number, length: number): string {
  return String(value).padStart(length, '0')
}
