import { ConfigError } from '../../singer/index.js'
import type { RateSettings, RetrySettings, StreamSettings } from './config-stream.js'
import { parseDuration } from './durations.js'
import { parseExpression } from './expression.js'
import { parsePath } from './path.js'
import type { ErrorRule, Rate, RetryPlan } from './plan.js'
import { type Planning, textAt } from './planning.js'

export function retryPlan({ problems }: Planning, place: string, settings: RetrySettings = {}): RetryPlan {
  const { attempts = 8, base = 1, cap = 60, max_wait: maxWait = 900, wait_from: waitFrom, extra = 0 } = settings
  if (base > cap) problems.add(`${place}.base`, 'must not be more than cap')
  if (waitFrom?.startsWith('body.'))
    problems.attempt(`${place}.wait_from`, () => parsePath(waitFrom.slice('body.'.length)))
  return {
    attempts,
    firstMs: base * 1000,
    maxMs: cap * 1000,
    maxWaitMs: maxWait * 1000,
    ...(waitFrom !== undefined && { waitFrom }),
    extraMs: extra * 1000,
  }
}

export function errorRules(
  { problems }: Planning,
  place: string,
  settings: StreamSettings['errors'] = [],
): ErrorRule[] {
  return settings.flatMap(({ when, ...rule }, index) => {
    const expression = problems.attempt(`${place}.${index}.when`, () => parseExpression(when, { hasRecords: false }))
    return expression ? [{ when: expression, ...rule }] : []
  })
}

export function ratePlan(planning: Planning, place: string, settings: RateSettings | undefined): Rate | undefined {
  if (settings === undefined) return undefined
  const { per_second: perSecond, burst, limit, window, concurrency, scope } = settings
  const { problems } = planning
  const seconds = window === undefined ? 1 : (problems.attempt(`${place}.window`, () => secondsOf(window)) ?? 1)
  if (perSecond !== undefined && (limit !== undefined || window !== undefined)) {
    problems.add(place, 'per_second and limit with window exclude each other')
  }
  if (limit !== undefined && window === undefined) problems.add(`${place}.window`, 'is required with limit')
  if (window !== undefined && limit === undefined) problems.add(`${place}.limit`, 'is required with window')
  if (perSecond === undefined && limit === undefined && concurrency === undefined) {
    problems.add(place, 'needs per_second, or limit with window, or concurrency')
  }
  const rate = limit === undefined ? (perSecond ?? Number.POSITIVE_INFINITY) : limit / seconds
  return {
    perSecond: rate,
    burst: burst ?? limit ?? (Number.isFinite(rate) ? Math.max(1, Math.ceil(rate)) : Number.MAX_SAFE_INTEGER),
    ...(concurrency !== undefined && { concurrency }),
    ...(scope !== undefined && { scope: textAt(planning, `${place}.scope`, scope) ?? '' }),
  }
}

function secondsOf(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text)
  const { months, ms } = parseDuration(text)
  if (months > 0) throw new ConfigError('must be of days or less, since months differ')
  return ms / 1000
}
