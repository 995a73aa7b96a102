import { SourceError } from '../singer/index.js'
import { type Detected, detectPaginate } from './detect.js'
import { createLoopGuard } from './loop-guard.js'
import { type ConcretePaginate, createPaginator, type Paginator, type PagingOptions, type Turn } from './paginator.js'
import type { Paginate, Path } from './plan.js'

export interface StepsOptions extends PagingOptions {
  readonly paginate: Paginate
  readonly primaryKey: readonly Path[]
  /** Told once per sequence that begins with `auto`. */
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
  const { stream, log } = options
  let first: string | undefined
  return {
    ...createPaginator(paginate, options),
    check(turn) {
      const { number, page } = turn
      first ??= page.hash
      if (guard.check(turn) === 'fresh') return 'fresh'
      const isFirstAgain = number === 2 && page.count > 0 && page.hash === first
      if (!isFirstAgain || !(isCounting || paginate.kind === 'cursor')) {
        log.info('a page brought nothing new: the end of the data', { stream, page: number })
      } else if (isGuess) throw notTaken(stream)
      else
        log.warning('page 2 is page 1 again: taken as the end; does the source know the parameter of paginate?', {
          stream,
        })
      return 'repeats'
    },
  }
}

function notTaken(stream: string): SourceError {
  return new SourceError(
    `${stream}: paginate auto sent what it took for the next page's parameter and got page 1 again; set paginate`,
  )
}
