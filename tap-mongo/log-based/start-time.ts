import type { Timestamp } from 'mongodb'
import { ConfigError } from '../../singer/index.js'
import { timestamp } from '../bson/timestamp.js'
import type { Config } from '../config.js'
import { instantOf } from '../settings/date-time.js'

/** Where the settings let change streams begin. */
export interface StartTime {
  /** A bookmark remembers it: the same setting does not count twice. */
  readonly text: string
  readonly time: Timestamp
}

/** `start_at_operation_time`: a date, `seconds.increment` of the log, or `{"t": seconds, "i": increment}`. */
export function startTime({ start_at_operation_time: text }: Config): StartTime | undefined {
  if (text === undefined) return undefined
  const [, seconds, increment = '1'] = ofTheLog.exec(text) ?? []
  const t = seconds === undefined ? Math.floor(instantOf(text) / 1000) : Number(seconds)
  const i = Number(increment)
  if (isUnsigned(t) && isUnsigned(i)) return { text, time: timestamp(t, i) }
  throw new ConfigError('start_at_operation_time: neither a date nor a time of the log such as 1767225600.1')
}

const ofTheLog = /^\s*(?:\{\s*"t"\s*:\s*)?(\d+)(?:\.|\s*,\s*"i"\s*:\s*)(\d+)\s*\}?\s*$/

function isUnsigned(value: number): boolean {
  return value === value >>> 0
}
