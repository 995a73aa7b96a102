import type { Paginate } from '../settings/plan.js'
import type { PagingOptions, Turn, Way } from './paginator.js'
import { valueIn, withValue } from './place.js'
import { answerAt, numberOf } from './turn-facts.js'

type PagePlan = Extract<Paginate, { kind: 'page' }>
type OffsetPlan = Extract<Paginate, { kind: 'offset' }>

/** Page numbers, one after the other. */
export function pageWay(plan: PagePlan): Way {
  let number = plan.start
  return {
    followsTokens: false,
    first(request) {
      const sized = plan.sizeTo && plan.size !== undefined ? withValue(request, plan.sizeTo, plan.size) : request
      return withValue(sized, plan.to, number)
    },
    size: (turn) => plan.size ?? (plan.sizeTo && numberOf(valueIn(turn.request, plan.sizeTo))),
    left(turn) {
      const total = plan.totalPages && totalOf(turn, plan.totalPages)
      return total === undefined ? undefined : total - (number - plan.start + 1)
    },
    next: (turn) => withValue(turn.request, plan.to, ++number),
  }
}

/** Offsets. After a page that is short although the source says that there is more, by what the page holds: nothing is skipped. */
export function offsetWay(plan: OffsetPlan, options: PagingOptions): Way {
  let offset = plan.start
  const noteCap = capWatch(options)
  const limitOf = (turn: Turn) => plan.limit ?? numberOf(valueIn(turn.request, plan.limitTo))
  const left = (turn: Turn) => {
    const total = plan.total && totalOf(turn, plan.total)
    return total === undefined ? undefined : total - (offset - plan.start + turn.page.count)
  }
  const stepOf = (turn: Turn) => {
    const { count } = turn.page
    const limit = limitOf(turn) ?? count
    if (plan.step === 'returned') return count > 0 ? count : limit
    if (count > 0 && count < limit && (left(turn) ?? 0) > 0) return count
    noteCap(count, limit)
    return limit
  }
  return {
    followsTokens: false,
    first(request) {
      const limited = plan.limit === undefined ? request : withValue(request, plan.limitTo, plan.limit)
      return withValue(limited, plan.to, offset)
    },
    size: limitOf,
    left,
    next(turn) {
      const step = stepOf(turn)
      offset += step
      return step > 0 ? withValue(turn.request, plan.to, offset) : undefined
    },
  }
}

/** Warns once, when a page was shorter than the step behind it and still not the last. */
function capWatch({ stream, log }: PagingOptions): (count: number, limit: number) => void {
  let wasShort = false
  let hasWarned = false
  return (count, limit) => {
    if (wasShort && count > 0 && !hasWarned) {
      hasWarned = true
      log.warning(
        'a page held fewer records than its limit and more followed: if the source caps it, records are missing',
        { stream, limit, advice: 'set a lower limit, or step: returned' },
      )
    }
    wasShort = count > 0 && count < limit
  }
}

/** As the source says it now; zero and less say nothing. */
function totalOf(turn: Turn, path: readonly string[]): number | undefined {
  const total = numberOf(answerAt(turn, path))
  return total !== undefined && total > 0 ? total : undefined
}
