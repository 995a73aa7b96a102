import { setTimeout as sleep } from 'node:timers/promises'
import type { Json } from '../../singer/index.js'
import { numberText } from '../settings/numbers.js'
import { parsePath, valueAt } from '../settings/path.js'
import type { RetryPlan } from '../settings/plan.js'
import type { HttpResponse } from './http.js'

/** Fails with the signal's reason as soon as that is aborted. */
export async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (ms <= 0) return
  try {
    await sleep(Math.min(ms, longestTimer), undefined, { signal })
  } catch {
    signal.throwIfAborted()
  }
}

/** The promise, or the signal's reason as soon as that is aborted. */
export async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  let abort = () => {}
  const aborted = new Promise<void>((resolve) => {
    abort = resolve
    signal.addEventListener('abort', abort, { once: true })
  })
  await Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', abort))
  signal.throwIfAborted()
}

// A longer one would fire at once.
const longestTimer = 2 ** 31 - 1

/** Before attempt `attempt` + 1, in ms: anything up to a bound that doubles, so that many who failed together part. */
export function jitterMs(attempt: number, { firstMs, maxMs }: RetryPlan): number {
  return Math.random() * Math.min(maxMs, firstMs * 2 ** (attempt - 1))
}

/**
 * Milliseconds until the server wants to hear from us again; undefined when it does not say. `body` is asked only when
 * `wait_from` is a path of it.
 */
export function askedMs(response: HttpResponse, { waitFrom }: RetryPlan, body: () => Json): number | undefined {
  const { headers } = response
  const chosen = waitFrom === undefined ? undefined : chosenMs(waitFrom, headers, body)
  return chosen ?? momentMs(headers['retry-after'], headers) ?? spentMs(headers)
}

/** Milliseconds until there are requests left again, of answers that say that none is left. */
export function spentMs(headers: Headers): number | undefined {
  const quota = quotaOf(headers)
  return quota?.remaining === 0 ? quota.resetMs : undefined
}

/** An answer 403 that is no matter of permissions. https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export function isRateLimit(headers: Headers): boolean {
  return headers['retry-after'] !== undefined || quotaOf(headers)?.remaining === 0
}

type Headers = HttpResponse['headers']

function chosenMs(waitFrom: string, headers: Headers, body: () => Json): number | undefined {
  if (!waitFrom.startsWith('body.')) return momentMs(headers[waitFrom.replace(/^headers\./, '').toLowerCase()], headers)
  const value = valueAt(body(), parsePath(waitFrom.slice('body.'.length))) ?? null
  const text = numberText(value) ?? String(value)
  // Such as `Expected available in 30 seconds.`
  const seconds = /\d+(\.\d+)?/.exec(text)?.[0]
  return seconds === undefined ? undefined : momentMs(seconds, headers)
}

interface Quota {
  readonly remaining: number
  readonly resetMs: number | undefined
}

function quotaOf(headers: Headers): Quota | undefined {
  for (const prefix of prefixes) {
    const remaining = headers[`${prefix}-remaining`]
    if (remaining === undefined) continue
    return { remaining: Number.parseFloat(remaining), resetMs: momentMs(headers[`${prefix}-reset`], headers) }
  }
  const combined = headers.ratelimit
  return combined === undefined ? undefined : combinedQuota(combined)
}

const prefixes = ['x-ratelimit', 'ratelimit', 'x-rate-limit']

/**
 * `limit=100, remaining=0, reset=30`, and since draft 08 `"hour";r=0;t=30, "day";r=9;t=300`: several quotas, of which
 * the spent ones count. https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
function combinedQuota(text: string): Quota | undefined {
  const quotas = text.includes('remaining=') ? [text] : text.split(',')
  const read = quotas.flatMap((quota) => {
    const remaining = /\b(?:r|remaining)=(\d+)/.exec(quota)?.[1]
    const seconds = /\b(?:t|reset)=(\d+)/.exec(quota)?.[1]
    return remaining === undefined
      ? []
      : [{ remaining: Number(remaining), resetMs: Number(seconds) * 1000 || undefined }]
  })
  const spent = read.filter(({ remaining }) => remaining === 0)
  return spent.toSorted((a, b) => (b.resetMs ?? 0) - (a.resetMs ?? 0))[0] ?? read[0]
}

/**
 * Seconds from now, seconds or milliseconds since 1970, or a date, as ms from now; undefined when it is none of them or
 * not in the future. Dates are those of the server's clock, which its `date` tells.
 */
function momentMs(text: string | undefined, headers: Headers): number | undefined {
  if (text === undefined) return undefined
  const number = /^\s*[\d.]+\s*(,|$)/.test(text) ? Number.parseFloat(text) : undefined
  const ms = number !== undefined && number <= 1e9 ? number * 1000 : dateOf(text, number) - serverNow(headers)
  return ms > 0 ? ms : undefined
}

function dateOf(text: string, number: number | undefined): number {
  if (number === undefined) return Date.parse(text)
  return number > 1e12 ? number : number * 1000
}

function serverNow({ date }: Headers): number {
  return (date === undefined ? undefined : Date.parse(date) || undefined) ?? Date.now()
}
