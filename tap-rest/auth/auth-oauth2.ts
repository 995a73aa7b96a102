import type { OAuth2Plan } from '../settings/plan.js'
import type { Auth, AuthParts } from './auth.js'
import { refreshedToken } from './auth-refresh.js'
import { tokenAuth } from './auth-token.js'
import { requestToken, type TokenRequest } from './auth-token-endpoint.js'

export function oauth2Auth(plan: OAuth2Plan, parts: AuthParts): Auth {
  const request = tokenRequest(plan)
  const source =
    plan.grant === 'refresh_token'
      ? refreshedToken(plan, request, parts)
      : async () => (await requestToken(request, parts)).token
  return tokenAuth(source, 'bearer', parts.clock)
}

/** `extras` may name a grant of the server's own, such as Zoom's `account_credentials`. */
function tokenRequest(plan: OAuth2Plan): TokenRequest {
  const { scope, extras, tokenUrl, headers, expiresIn } = plan
  const { grant_type: grantType = plan.grant } = extras
  const user = plan.grant === 'password' ? { username: plan.username ?? '', password: plan.password ?? '' } : {}
  return {
    tokenUrl,
    headers,
    grantType,
    parameters: { ...user, ...(scope !== undefined && { scope }), ...extras },
    client: {
      style: plan.authStyle,
      ...(plan.clientId !== undefined && { id: plan.clientId }),
      ...(plan.clientSecret !== undefined && { secret: plan.clientSecret }),
    },
    ...(expiresIn !== undefined && { expiresIn }),
  }
}
