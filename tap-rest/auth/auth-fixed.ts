import type { Log } from '../../singer/log.js'
import type { HttpRequest } from '../http/http.js'
import type { AuthPlan } from '../settings/plan.js'
import type { Auth } from './auth.js'
import { withBodyField, withCookie, withHeader, withParam } from './auth-place.js'

type PlanOf<Kind> = Extract<AuthPlan, { readonly kind: Kind }>

export const noAuth = fixedAuth((request) => request)

export function bearerAuth(token: string): Auth {
  return fixedAuth((request) => withHeader(request, 'authorization', `Bearer ${token}`))
}

export function basicAuth({ user, password }: PlanOf<'basic'>, log: Log): Auth {
  const credentials = Buffer.from(`${user}:${password}`).toString('base64')
  log.redact([credentials])
  return fixedAuth((request) => withHeader(request, 'authorization', `Basic ${credentials}`))
}

export function apiKeyAuth({ name, value, in: place }: PlanOf<'api_key'>): Auth {
  const places = { header: withHeader, query: withParam, cookie: withCookie, body: withBodyField }
  return fixedAuth((request) => places[place](request, name, value))
}

/** Nothing newer can be got in the run: a 401 stands. */
function fixedAuth(authorized: (request: HttpRequest) => HttpRequest): Auth {
  return {
    authorize: async (request) => ({ request: authorized(request), generation: 0 }),
    renew: async () => false,
  }
}
