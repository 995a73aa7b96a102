import { SourceError } from '../../singer/index.js'
import type { Duration, Incremental } from '../settings/plan.js'
import { compareDecimals } from './decimal.js'
import { before, type Key, type KeyRules } from './key-order.js'
import { addDuration, formatInstant, type Instant } from './times.js'

/** `[start, end)`. */
export interface Window {
  readonly start: Instant
  readonly end: Instant
}

/** From the bound up to `until`, each as long as the step but the last. None when there is no time between them. */
export function* windowsOf(lower: Key | undefined, step: Duration, until: Instant): Generator<Window> {
  if (lower?.kind !== 'time' || !lower.order) {
    const found = lower ? `${lower.kind === 'text' ? 'a text' : 'a number'} that is no time` : 'no bookmark yet'
    throw new SourceError(`incremental.step needs a time to begin with and there is ${found}; set incremental.start`)
  }
  const first = lower.order
  let start = first
  // Multiples of the step from the beginning: a month after the 31st would stay on the 28th.
  for (let count = 1; compareDecimals(start, until) < 0; count++) {
    const next = addDuration(first, { months: step.months * count, ms: step.ms * count })
    const end = compareDecimals(next, until) < 0 ? next : until
    yield { start, end }
    start = end
  }
}

/** As `{window.start}` and `{window.end}` say them: one unit before the start where the API's filter excludes it. */
export function windowScope({ start, end }: Window, { granularity }: Incremental, rules: KeyRules) {
  const asKey = (order: Instant): Key => ({ value: formatInstant(order, 'iso_z'), kind: 'time', order })
  const from = before(asKey(start), granularity, rules).order ?? start
  return { start: formatInstant(from, rules.format), end: formatInstant(end, rules.format) }
}
