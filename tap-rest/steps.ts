import { SourceError } from '../singer/index.js'
import { type Detected, detectPaginate } from './detect.js'
import { whyMore } from './detect-places.js'
import { createLoopGuard } from './loop-guard.js'
import type { Page } from './page.js'
import { nextPlaces } from './paginate-url.js'
import { type ConcretePaginate, createPaginator, type Paginator, type PagingOptions, type Turn } from './paginator.js'
import { pathText } from './path.js'
import type { Paginate, Path } from './plan.js'
import { answerAt } from './turn-facts.js'

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
      if (!next && turn.number === 1 && !isGuess) sayOnePage(turn, paginate, options)
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

/** A path or a name that is spelled wrong looks like the end of the data. */
function sayOnePage(turn: Turn, paginate: ConcretePaginate, { found }: StepsOptions): void {
  const missing = missingSign(turn, paginate)
  const reason = missing === undefined ? undefined : whyMore(turn)
  if (reason === undefined) return
  found?.({
    paginate,
    warning: `one page only is read: ${missing}, but ${reason}; correct paginate (none, if this is all)`,
  })
}

/** What would have led on, and is not even there. */
function missingSign(turn: Turn, paginate: ConcretePaginate): string | undefined {
  if (paginate.hasMore || paginate.stopWhen) return undefined
  if (paginate.kind === 'link') return turn.response.headers.link === undefined ? 'it has no Link header' : undefined
  if (paginate.kind === 'next') {
    const places = paginate.path ? [paginate.path] : nextPlaces
    const isThere = places.some((place) => answerAt(turn, place) !== undefined)
    return isThere ? undefined : `it has no ${paginate.path ? pathText(paginate.path) : 'next URL in the usual places'}`
  }
  if (paginate.kind !== 'cursor') return undefined
  const { from } = paginate
  if ('body' in from) return answerAt(turn, from.body) === undefined ? `it has no ${pathText(from.body)}` : undefined
  if (!('header' in from)) return undefined
  return turn.response.headers[from.header.toLowerCase()] === undefined ? `it has no header ${from.header}` : undefined
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
