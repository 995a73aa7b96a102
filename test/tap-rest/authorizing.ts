import type { Context } from '../../singer/index.js'
import type { Auth, AuthParts } from '../../tap-rest/auth.js'
import type { HttpRequest, HttpResponse } from '../../tap-rest/http.js'
import { encodeBody } from '../../tap-rest/request-body.js'
import { type RecordedLog, recordedLog } from '../singer/recorded-log.js'

export interface TestParts extends AuthParts {
  readonly log: RecordedLog
}

/** Real sockets, a real log whose lines stay here, and no long waits. */
export function authParts(given: Partial<AuthParts> & { readonly signal?: AbortSignal } = {}): TestParts {
  const { signal = new AbortController().signal, ...rest } = given
  const log = recordedLog({ LOGLEVEL: 'debug' })
  const context: Context = { log, metrics: { count: () => undefined }, signal }
  return { send, context, log, retry: { attempts: 3, firstMs: 5, maxMs: 10 }, ...rest }
}

export async function send({ method, url, headers, body }: HttpRequest): Promise<HttpResponse> {
  const encoded = body && encodeBody(body)
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(encoded && { 'content-type': encoded.contentType }), ...headers },
    body: encoded?.text ?? null,
  })
  const answer = Buffer.from(await response.arrayBuffer())
  return { status: response.status, headers: Object.fromEntries(response.headers), url, body: answer }
}

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
