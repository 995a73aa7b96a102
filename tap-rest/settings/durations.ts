import { ConfigError } from '../../singer/index.js'
import type { Duration } from './plan.js'

const iso = /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** ISO 8601: P1D, PT1H30M, P1M. @throws ConfigError for another text, and for one of no length. */
export function parseDuration(text: string): Duration {
  const found = iso.exec(text.trim())
  if (!found) throw new ConfigError(`must be a duration of ISO 8601 such as ${meant(text) ?? 'P1D, PT1H or P1M'}`)
  const [years, months, weeks, days, hours, minutes, seconds] = found
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0))
  const duration = {
    months: (years ?? 0) * 12 + (months ?? 0),
    ms: Math.round(
      ((((weeks ?? 0) * 7 + (days ?? 0)) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 + (seconds ?? 0) * 1000,
    ),
  }
  if (duration.months === 0 && duration.ms === 0) throw new ConfigError('must be longer than nothing')
  return duration
}

/** A duration, or a plain number: for keys that are numbers. */
export function parseDistance(text: string): Duration | number {
  return /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : parseDuration(text)
}

/** `1d`, `2 hours`: a guess at what was meant. */
function meant(text: string): string | undefined {
  const [, count, unit = ''] = /^(\d+) ?([a-z]+)$/i.exec(text.trim()) ?? []
  if (count === undefined) return undefined
  const letter = /^mo/i.test(unit) ? 'M' : (unit[0] ?? '').toUpperCase()
  if ('DWY'.includes(letter) || /^mo/i.test(unit)) return `P${count}${letter}`
  return 'HMS'.includes(letter) ? `PT${count}${letter}` : undefined
}
