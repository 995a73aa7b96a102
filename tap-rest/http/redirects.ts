import { SourceError } from '../../singer/index.js'
import type { ConnectionPlan } from '../settings/plan.js'
import { requestText } from './failures.js'
import type { HttpRequest, HttpResponse } from './http.js'
import { assertAllowed } from './origin.js'

/** The redirects of one request: where they lead, as fetch has it, within the hosts that are allowed. */
export interface Redirects {
  /**
   * The request that this answer asks for, without credentials when it goes to another origin; undefined when it is no
   * redirect.
   * @throws SourceError when it may not be followed, goes in a circle, or is one too many.
   */
  follow(request: HttpRequest, response: HttpResponse): HttpRequest | undefined
}

export function followRedirects(connection: ConnectionPlan): Redirects {
  const seen = new Set<string>()
  return {
    follow(request, response) {
      const location = response.headers.location
      if (!codes.has(response.status) || location === undefined) return undefined
      const next = redirected(request, response.status, target(request, location))
      assertRedirect(request, next, connection)
      seen.add(`${request.method} ${request.url.href}`)
      if (seen.has(`${next.method} ${next.url.href}`))
        throw new SourceError(`${requestText(request)}: redirects in a circle`)
      if (seen.size > maxRedirects)
        throw new SourceError(`${requestText(request)}: more than ${maxRedirects} redirects`)
      return next
    },
  }
}

const codes = new Set([301, 302, 303, 307, 308])
const maxRedirects = 10

function target(request: HttpRequest, location: string): URL {
  if (!URL.canParse(location, request.url.href))
    throw new SourceError(`${requestText(request)}: redirects to what is no URL`)
  return new URL(location, request.url)
}

function assertRedirect(request: HttpRequest, next: HttpRequest, connection: ConnectionPlan): void {
  try {
    assertAllowed(next.url, connection)
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    throw new SourceError(`${requestText(request)}: the redirect to ${problem}`, { cause })
  }
}

/** https://fetch.spec.whatwg.org/#http-redirect-fetch */
function redirected({ method, headers, body, url }: HttpRequest, status: number, to: URL): HttpRequest {
  const becomesGet = status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST'
  const dropped = [...(to.origin === url.origin ? [] : credentials), ...(becomesGet ? ofBody : [])]
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.includes(name)))
  if (becomesGet || body === undefined) return { method: becomesGet ? 'GET' : method, url: to, headers: kept }
  return { method, url: to, headers: kept, body }
}

const credentials = ['authorization', 'cookie', 'host']
const ofBody = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length']
