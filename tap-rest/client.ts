import type { Json } from '../singer/index.js'
import type { HttpRequest, HttpResponse } from './http.js'
import type { AuthPlan, ErrorRule, Rate, RetryPlan } from './plan.js'

/** Requests of all streams of a run, within the limits of their hosts. */
export interface Client {
  /**
   * Authorizes, waits for its turn, sends, follows redirects that may be followed, repeats what is worth it.
   * An aborted `unwanted` ends it early: nobody waits for the answer any more.
   * @throws SourceError for an answer that is neither good nor excused by a rule.
   */
  send(request: HttpRequest, policy: SendPolicy, unwanted?: AbortSignal): Promise<Answer>
  close(): Promise<void>
}

/** What a stream says of its requests. */
export interface SendPolicy {
  readonly stream: string
  readonly isSafe: boolean
  readonly auth: AuthPlan
  readonly retry: RetryPlan
  readonly errors: readonly ErrorRule[]
  readonly rate?: Rate
  /** The body without its records, for rules that look at it. */
  body(response: HttpResponse): Json
}

export interface Answer {
  /** `ignore`: no page here, go on; `stop`: no page here, the sequence ends; `reset_pagination`: from its beginning. */
  readonly outcome: 'ok' | 'ignore' | 'stop' | 'reset_pagination'
  readonly response: HttpResponse
}
