import type { Context } from '../../singer/index.js'
import type { HttpRequest } from '../http/http.js'
import type { Transport } from '../http/transport.js'
import type { AuthPlan, RetryPlan } from '../settings/plan.js'
import { awsAuth } from './auth-aws.js'
import { apiKeyAuth, basicAuth, bearerAuth, noAuth } from './auth-fixed.js'
import { jwtAuth } from './auth-jwt.js'
import { loginAuth } from './auth-login.js'
import { oauth2Auth } from './auth-oauth2.js'

/** The credentials of one `auth` of the settings. */
export interface Auth {
  /**
   * With its credentials. Fetches a token first where one is needed: one fetch for all who wait. To be asked before each
   * attempt, since signatures and tokens age while a request waits.
   */
  authorize(request: HttpRequest): Promise<Authorized>
  /** After a 401: true when credentials newer than those of `authorized` are at hand, so that another attempt is worth it. */
  renew(authorized: Authorized): Promise<boolean>
}

export interface Authorized {
  readonly request: HttpRequest
  /** Which credentials it holds: counts up with each renewal. */
  readonly generation: number
}

export interface AuthParts {
  readonly send: Transport['send']
  readonly context: Context
  /** File for rotating tokens. */
  readonly tokenStore?: string
  /** Milliseconds since 1970. */
  readonly clock?: Clock
  /** Of the requests for tokens; otherwise a few short attempts. */
  readonly retry?: RetryPlan
}

export type Clock = () => number

/** What `openAuth` gives, once for each distinct plan: streams of one `auth` share its tokens. */
export function openAuths(parts: AuthParts): (plan: AuthPlan) => Auth {
  const opened = new Map<string, Auth>()
  return (plan) => {
    const key = JSON.stringify(plan)
    const auth = opened.get(key) ?? openAuth(plan, parts)
    opened.set(key, auth)
    return auth
  }
}

/** Sends nothing yet. */
export function openAuth(plan: AuthPlan, parts: AuthParts): Auth {
  switch (plan.kind) {
    case 'none':
      return noAuth
    case 'bearer':
      return bearerAuth(plan.token)
    case 'basic':
      return basicAuth(plan, parts.context.log)
    case 'api_key':
      return apiKeyAuth(plan)
    case 'oauth2':
      return oauth2Auth(plan, parts)
    case 'jwt':
      return jwtAuth(plan, parts)
    case 'aws':
      return awsAuth(plan, parts)
    case 'login':
      return loginAuth(plan, parts)
    default:
      return plan satisfies never
  }
}
