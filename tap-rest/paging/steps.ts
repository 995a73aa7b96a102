import { SourceError } from '../../singer/index.js'
import type { Page } from '../page/page.js'
import type { Paginate, Path } from '../settings/plan.js'
import { type Detected, detectPaginate } from './detect.js'
import { createLoopGuard } from './loop-guard.js'
import { missedPages } from './missed-pages.js'
import { type ConcretePaginate, createPaginator, type Paginator, type PagingOptions, type Turn } from './paginator.js'

export interface StepsOptions extends PagingOptions {
  readonly paginate: Paginate
  readonly primaryKey: readonly Path[]
  /** Told of what `auto` came to, or why the first page of other settings may not be all; at most once per sequence. */
  found?(detected: Detected): void
}

/** A paginator whose pages are checked: `check` comes before `next`, for each page. */
export interface Steps extends Paginator {
  /** `repeats`: the page brings nothing new, and the sequence is at its end. */
  check(turn: Turn): 'fresh' | 'repeats'
}

/** With `auto` the first page tells how to go on. */
export function createSteps(options: StepsOptions): Steps {
  const { paginate } = options
  if (paginate.kind !== 'auto') return stepsOf(paginate, options, false)
  let steps: Steps | undefined
  const stepsFrom = (turn: Turn) => {
    const detected = detectPaginate(turn, paginate)
    options.found?.(detected)
    const found = stepsOf(detected.paginate, options, true)
    found.first(turn.request)
    return found
  }
  return {
    first: (request) => request,
    check(turn) {
      steps ??= stepsFrom(turn)
      return steps.check(turn)
    },
    next: (turn) => steps?.next(turn),
  }
}

function stepsOf(paginate: ConcretePaginate, options: StepsOptions, isGuess: boolean): Steps {
  const isCounting = paginate.kind === 'page' || paginate.kind === 'offset'
  const guard = createLoopGuard({ ...options, followsTokens: !isCounting })
  const isOurs = isCounting || paginate.kind === 'cursor'
  let before: Pick<Page, 'count' | 'hash'> | undefined
  const paginator = createPaginator(paginate, options)
  return {
    first: (request) => paginator.first(request),
    next(turn) {
      const next = paginator.next(turn)
      const warning = next || isGuess || turn.number > 1 ? undefined : missedPages(turn, paginate)
      if (warning !== undefined) options.found?.({ paginate, warning })
      return next
    },
    check(turn) {
      const found = guard.check(turn)
      const { count, hash } = turn.page
      if (found === 'repeats') sayEnd(turn, { ...options, before, isOurs, isGuess })
      if (found === 'restarts') options.log.info(`${nothingNew} (it begins again)`, { stream: options.stream })
      before = { count, hash }
      return found === 'fresh' ? found : 'repeats'
    },
  }
}

const nothingNew = 'a page brought nothing new: the end of the data'

interface Ending extends StepsOptions {
  readonly before: Pick<Page, 'count' | 'hash'> | undefined
  /** The next page is asked for by a parameter of the settings, rather than by a URL of the source. */
  readonly isOurs: boolean
  readonly isGuess: boolean
}

/** Most ends by a repeated page are what they seem; some may be the settings' fault. */
function sayEnd({ number, page }: Turn, { stream, log, before, isOurs, isGuess }: Ending): void {
  const isSame = page.hash === before?.hash
  if (isOurs && isSame && number === 2 && page.count > 0) {
    if (isGuess) throw notTaken(stream)
    log.warning('page 2 is page 1 again: taken as the end; does the source know the parameter of paginate?', { stream })
  } else if (before && !isSame && page.count > 0 && page.count >= before.count) {
    log.warning('a page has other records with the keys of the page before: taken as the end; is primary_key unique?', {
      stream,
      page: number,
    })
  } else log.info(nothingNew, { stream, page: number })
}

function notTaken(stream: string): SourceError {
  return new SourceError(
    `${stream}: paginate auto sent what it took for the next page's parameter and got page 1 again; set paginate`,
  )
}
