import type { HttpRequest, HttpResponse } from './http.js'
import type { Page } from './page.js'

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
