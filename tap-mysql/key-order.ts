import { Digits, type Json } from '../singer/index.js'
import type { Column } from './table.js'

/** What the tap itself knows of the order of a replication key's values: the values of records, never null. */
export interface KeyOrder {
  /** Tells keys behind `value` from those that may be the same to the server, or before it. */
  past(value: Json): (key: Json) => boolean
  /**
   * Tells keys that are at most `lookback` before `value` from earlier ones; later ones are not asked about. Without
   * lookback: those that may be the same to the server.
   */
  within(value: Json, lookback: number): (key: Json) => boolean
  /** The value `lookback` before this one. Absent where the type has no distances. */
  readonly back?: (value: Json, lookback: number) => Json
}

/** `lookback` counts seconds for dates and times, else units of the number. */
export function keyOrder(column: Column): KeyOrder {
  if (column.dataType === 'date') return ordered(text, (value, lookback) => instantBefore(value, lookback).slice(0, 10))
  if (/^(datetime|timestamp)$/.test(column.dataType)) return ordered(text, instantBefore)
  if (!isNumber.test(column.dataType)) return { past: (value) => (key) => !isSameText(key, value), within: sameTextAs }
  const scale = column.scale ?? 0
  const lowest = /unsigned/.test(column.columnType) ? 0n : undefined
  return ordered(
    (value) => scaled(text(value), scale),
    (value, lookback) => {
      const at = scaled(text(value), scale) - BigInt(Math.round(lookback * 10 ** scale))
      return unscaled(lowest !== undefined && at < lowest ? lowest : at, scale)
    },
  )
}

const isNumber = /^(tinyint|smallint|mediumint|int|bigint|decimal|year)$/

function ordered(place: (value: Json) => bigint | string, back: (value: Json, lookback: number) => Json): KeyOrder {
  return {
    back,
    past(value) {
      const last = place(value)
      return (key) => place(key) > last
    },
    within(value, lookback) {
      const first = place(lookback === 0 ? value : back(value, lookback))
      return (key) => place(key) >= first
    },
  }
}

// At least as coarse as the server's collations: `a` and `A `, `e` and `é` may be one value there.
const collator = new Intl.Collator('und', { sensitivity: 'base' })

function isSameText(key: Json, value: Json): boolean {
  return collator.compare(text(key).trimEnd(), text(value).trimEnd()) === 0
}

function sameTextAs(value: Json): (key: Json) => boolean {
  return (key) => isSameText(key, value)
}

function text(value: Json): string {
  return value instanceof Digits ? value.text : String(value)
}

function scaled(digits: string, scale: number): bigint {
  const [whole = '', fraction = ''] = digits.split('.')
  return BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale))
}

function unscaled(at: bigint, scale: number): string {
  if (scale === 0) return String(at)
  const digits = String(at < 0n ? -at : at).padStart(scale + 1, '0')
  return `${at < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

const earliest = BigInt(Date.parse('0001-01-01T00:00:00Z')) * 1000n

/** With six digits of fraction. As texts, instants of one column are in their order, and this one fits in. */
function instantBefore(value: Json, seconds: number): string {
  const before = microseconds(text(value)) - BigInt(Math.round(seconds * 1e6))
  const at = before < earliest ? earliest : before
  const fraction = ((at % 1_000_000n) + 1_000_000n) % 1_000_000n
  const whole = new Date(Number((at - fraction) / 1000n)).toISOString().slice(0, 19)
  return `${whole}.${String(fraction).padStart(6, '0')}Z`
}

function microseconds(iso: string): bigint {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? ''
  return BigInt(Date.parse(iso.replace(/\.\d+/, ''))) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6))
}
