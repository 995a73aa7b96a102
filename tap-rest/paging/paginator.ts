import type { Json } from '../../singer/index.js'
import type { Log } from '../../singer/log.js'
import type { HttpRequest, HttpResponse } from '../http/http.js'
import type { Page } from '../page/page.js'
import { isTrue } from '../settings/expression.js'
import type { Paginate, Path } from '../settings/plan.js'
import { cursorWay } from './paginate-cursor.js'
import { offsetWay, pageWay } from './paginate-number.js'
import { linkWay, nextWay } from './paginate-url.js'
import { answerAt, factsOf } from './turn-facts.js'

/** How one sequence of pages goes on. Has the state of that sequence: each parent and each window opens its own. */
export interface Paginator {
  /** The first request of the sequence. */
  first(request: HttpRequest): HttpRequest
  /** The request after this turn; undefined when the sequence is at its end. */
  next(turn: Turn): HttpRequest | undefined
}

/** A request and the page that it brought. */
export interface Turn {
  readonly request: HttpRequest
  readonly response: HttpResponse
  readonly page: Page
  /** 1 for the first of its sequence. */
  readonly number: number
}

export interface PagingOptions {
  readonly stream: string
  /** The fields that the page reader was asked for; the cursor of `last` is one of them. */
  readonly wanted: readonly Path[]
  readonly log: Log
  /** @throws SourceError when nothing may be sent there. */
  assertAllowed(url: URL): void
}

/** One way of finding the next request, without the rules that all ways share. Called once per page, in order. */
export interface Way {
  /** The source itself says what comes next, rather than we count. */
  readonly followsTokens: boolean
  first(request: HttpRequest): HttpRequest
  next(turn: Turn): HttpRequest | undefined
  /** How many records a full page has, where that is known. */
  size?(turn: Turn): number | undefined
  /** How many records or pages the source says are left behind this page; undefined when it does not say. */
  left?(turn: Turn): number | undefined
}

export type ConcretePaginate = Exclude<Paginate, { kind: 'auto' }>

/** What ends a sequence, in the order of the checks; what repeats is the business of the loop guard. */
export function createPaginator(paginate: ConcretePaginate, options: PagingOptions): Paginator {
  const way = wayOf(paginate, options)
  let fullPage = 0
  return {
    first: (request) => way.first(request),
    next(turn) {
      const more = paginate.hasMore && answerAt(turn, paginate.hasMore)
      if (paginate.stopWhen && isTrue(paginate.stopWhen.evaluate(factsOf(turn)))) return undefined
      if (isNo(more)) return undefined
      const left = way.left?.(turn)
      const next = way.next(turn)
      if (!next || (left !== undefined && left <= 0)) return undefined
      const tellsMore = way.followsTokens || left !== undefined || (more !== undefined && more !== null)
      if (turn.page.count === 0) {
        if (!paginate.emptyPageContinues && way.followsTokens) sayEmpty(turn, options)
        return paginate.emptyPageContinues && tellsMore ? next : undefined
      }
      fullPage = Math.max(fullPage, turn.page.count)
      const isShort = turn.page.count < (way.size?.(turn) ?? fullPage)
      return paginate.shortPageStops && !way.followsTokens && isShort ? undefined : next
    },
  }
}

function wayOf(paginate: ConcretePaginate, options: PagingOptions): Way {
  switch (paginate.kind) {
    case 'none':
      return { followsTokens: true, first: (request) => request, next: () => undefined }
    case 'link':
      return linkWay(paginate.rel, options)
    case 'next':
      return nextWay(paginate.path, options)
    case 'cursor':
      return cursorWay(paginate.from, paginate.to, options)
    case 'page':
      return pageWay(paginate)
    case 'offset':
      return offsetWay(paginate, options)
    default:
      return paginate satisfies never
  }
}

/** Most such pages are the end; of sources that filter late they are not. */
function sayEmpty({ number }: Turn, { stream, log }: PagingOptions): void {
  const advice = 'empty_page: continue, if records follow'
  log.info('a page without records was taken for the end, although it names a next one', {
    stream,
    page: number,
    advice,
  })
}

/** Also as some sources spell it. Null and absence say nothing: a path spelled wrong must not end the data. */
const isNo = (value: Json | undefined): boolean =>
  value === false || value === 0 || (typeof value === 'string' && /^(false|0|no?)$/i.test(value))
