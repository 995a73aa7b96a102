import type { Context } from '../../singer/index.js'
import type { Auth, Authorized } from '../auth/auth.js'
import type { ConnectionPlan } from '../settings/plan.js'
import type { SendPolicy } from './client.js'
import { requestText, tooLongWait } from './failures.js'
import type { HttpRequest, HttpResponse } from './http.js'
import type { Asker, Limits } from './rate.js'
import { followRedirects } from './redirects.js'
import type { Transport } from './transport.js'
import { urlText } from './url-text.js'
import { spentMs } from './wait.js'

/** A request of a stream, without its credentials. */
export interface Sending {
  readonly request: HttpRequest
  readonly policy: SendPolicy
  readonly auth: Auth
  /** Ends it. */
  readonly signal: AbortSignal
}

export interface Exchanged {
  /** Its URL is without credentials. */
  readonly response: HttpResponse
  /** What was answered, if it was sent with credentials. */
  readonly authorized: Authorized | undefined
}

/** One attempt: each request of its chain of redirects waits for its turn, then gets its credentials. */
export type Exchange = (sending: Sending) => Promise<Exchanged>

export interface ExchangeParts {
  readonly connection: ConnectionPlan
  readonly context: Context
  readonly transport: Transport
  readonly limits: Limits
}

export function createExchange(parts: ExchangeParts): Exchange {
  return async (sending) => {
    const redirects = followRedirects(parts.connection)
    let request: HttpRequest | undefined = sending.request
    for (;;) {
      const exchanged = await exchangeOne(
        { ...sending, request },
        parts,
        request.url.origin === sending.request.url.origin,
      )
      request = redirects.follow(request, exchanged.response)
      if (!request) return exchanged
    }
  }
}

async function exchangeOne(sending: Sending, parts: ExchangeParts, isOurs: boolean): Promise<Exchanged> {
  const { request, policy, auth } = sending
  const asker = askerOf(sending, request)
  const over = await parts.limits.turn(asker)
  try {
    const authorized = isOurs ? await auth.authorize(request) : undefined
    const response = await sendLogged(sending, authorized?.request ?? request, parts)
    const ms = spentMs(response.headers)
    if (ms !== undefined) parts.limits.pause(asker, ms + policy.retry.extraMs)
    return { response: { ...response, url: request.url }, authorized }
  } finally {
    over()
  }
}

/** Who asks for its turn: pauses longer than it may wait are its end. */
export function askerOf({ policy, signal }: Sending, request: HttpRequest): Asker {
  const { stream, retry, rate } = policy
  const accept = (ms: number) => {
    if (ms > retry.maxWaitMs) throw tooLongWait(`${stream}: ${requestText(request)}`, ms, retry)
  }
  return { stream, host: request.url.host, signal, accept, ...(rate && { rate }) }
}

async function sendLogged(sending: Sending, request: HttpRequest, parts: ExchangeParts): Promise<HttpResponse> {
  const { log } = parts.context
  const began = performance.now()
  const facts = { stream: sending.policy.stream, method: request.method, url: urlText(request.url) }
  const ms = () => Math.round(performance.now() - began)
  try {
    const response = await parts.transport.send(request, sending.signal)
    log.debug('answered', { ...facts, status: response.status, ms: ms(), bytes: response.body.length })
    return response
  } catch (problem) {
    log.debug('not answered', { ...facts, ms: ms() })
    throw problem
  }
}
