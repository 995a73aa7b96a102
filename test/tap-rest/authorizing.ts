import type { Context } from '../../singer/index.js'
import type { Auth, AuthParts } from '../../tap-rest/auth/auth.js'
import type { HttpRequest, HttpResponse } from '../../tap-rest/http/http.js'
import { openTransport } from '../../tap-rest/http/transport.js'
import { type RecordedLog, recordedLog } from '../singer/recorded-log.js'
import { connectionTo, testContext } from './sending.js'

export interface TestParts extends AuthParts {
  readonly log: RecordedLog
}

/** Real sockets, a real log whose lines stay here, and no long waits. */
export function authParts(given: Partial<AuthParts> & { readonly signal?: AbortSignal } = {}): TestParts {
  const { signal = new AbortController().signal, ...rest } = given
  const log = recordedLog({ LOGLEVEL: 'debug' })
  const context: Context = { log, metrics: { count: () => undefined }, signal }
  const sendUntil: AuthParts['send'] = (request, until = signal) => transport.send(request, until)
  return { send: sendUntil, context, log, retry: { ...retry, maxWaitMs: 5_000, extraMs: 0 }, ...rest }
}

const retry = { attempts: 3, firstMs: 5, maxMs: 10 }
const timeoutMs = { connect: 10_000, headers: 30_000, bodyIdle: 30_000 }
const transport = openTransport(connectionTo('http://127.0.0.1', { timeoutMs }), testContext())
export const send = (request: HttpRequest): Promise<HttpResponse> => transport.send(request)

export function get(url: string, headers: Readonly<Record<string, string>> = {}): HttpRequest {
  return { method: 'GET', url: new URL(url), headers }
}

/** As the client does: after a 401 once more with newer credentials. */
export async function call(auth: Auth, request: HttpRequest): Promise<HttpResponse> {
  const authorized = await auth.authorize(request)
  const response = await send(authorized.request)
  if (response.status !== 401 || !(await auth.renew(authorized))) return response
  return send((await auth.authorize(request)).request)
}

/** The message of the failure; empty when there is none. */
export async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => '',
    (problem: unknown) => (problem instanceof Error ? `${problem.name}: ${problem.message}` : String(problem)),
  )
}
