import { setMaxListeners } from 'node:events'
import type { Context, Json } from '../../singer/index.js'
import type { Auth } from '../auth/auth.js'
import type { AuthPlan, ConnectionPlan, ErrorRule, Rate, RetryPlan } from '../settings/plan.js'
import { createExchange } from './exchange.js'
import type { HttpRequest, HttpResponse } from './http.js'
import { assertAllowed } from './origin.js'
import { createLimits } from './rate.js'
import { sendRepeatedly } from './repeat.js'
import { openTransport, type Transport } from './transport.js'

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

export interface ClientParts {
  readonly context: Context
  authOf(plan: AuthPlan): Auth
  /** That of the requests for tokens, so that all share it: closed with the client. Its own one otherwise. */
  readonly transport?: Transport
}

export function openClient(connection: ConnectionPlan, parts: ClientParts): Client {
  const { context, authOf, transport = openTransport(connection, context) } = parts
  const limits = createLimits(context.log)
  const exchange = createExchange({ connection, context, transport, limits })
  const signalOf = combined(context.signal)
  return {
    async send(request, policy, unwanted) {
      assertAllowed(request.url, connection)
      const sending = { request, policy, auth: authOf(policy.auth), signal: signalOf(unwanted) }
      return sendRepeatedly(sending, { context, limits, exchange })
    },
    close: () => transport.close(),
  }
}

/**
 * Aborted with the run or with the other one, and forgotten once that is aborted. One per other one, however many requests
 * have it. Neither AbortSignal.any nor a listener each on the run's signal: what these leave behind keeps all that a
 * request had until the next full collection of garbage, and by then there were tens of thousands.
 */
function combined(run: AbortSignal): (other: AbortSignal | undefined) => AbortSignal {
  const known = new WeakMap<AbortSignal, AbortSignal>()
  const current = new Set<AbortController>()
  run.addEventListener('abort', () => {
    for (const controller of current) controller.abort(run.reason)
  })
  return (other) => {
    if (!other || run.aborted) return run
    if (other.aborted) return other
    const signal = known.get(other) ?? follower(other, current)
    known.set(other, signal)
    return signal
  }
}

/** Aborted with the other one; among the current ones until then. */
function follower(other: AbortSignal, current: Set<AbortController>): AbortSignal {
  const controller = new AbortController()
  // Each request under way listens, and there may be many.
  setMaxListeners(0, controller.signal)
  current.add(controller)
  other.addEventListener('abort', () => {
    current.delete(controller)
    controller.abort(other.reason)
  })
  return controller.signal
}
