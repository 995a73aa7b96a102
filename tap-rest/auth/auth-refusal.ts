import type { JsonObject } from '../../singer/index.js'
import { createRedaction } from '../../singer/redaction.js'
import type { HttpResponse } from '../http/http.js'
import { urlText } from '../http/url-text.js'
import { RefusedError } from './auth-token.js'
import type { TokenRequest } from './auth-token-endpoint.js'

/** What the token server said, and what to do. Servers quote what they refuse, so secrets are taken out. */
export function refusalOf({ status }: HttpResponse, body: JsonObject, request: TokenRequest): RefusedError {
  const { error, error_description: description } = body
  const said = [error, description].filter((text) => typeof text === 'string').join(': ')
  const redaction = createRedaction()
  redaction.add(secretsOf(request))
  const words = redaction
    .text(said)
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, 300)
  const what = `get a token from ${urlText(new URL(request.tokenUrl))}: `
  const outcome = status < 300 && said === '' ? 'the answer holds no access_token' : `refused with ${status}`
  return new RefusedError(
    `${what}${outcome}${words === '' ? '' : ` (${words})`}; ${advice(status, String(error), request)}`,
  )
}

function secretsOf({ parameters, client }: TokenRequest): string[] {
  const { refresh_token: refresh, password, assertion } = parameters
  return [refresh, password, assertion, client?.secret].filter((text) => text !== undefined)
}

// https://www.rfc-editor.org/rfc/rfc6749#section-5.2; servers have words of their own for a refused refresh token.
function advice(status: number, error: string, { grantType, client }: TokenRequest): string {
  if (status >= 300 && status < 400) return 'the server is elsewhere: correct token_url'
  if (error === 'invalid_client' || error === 'unauthorized_client') {
    return `check client_id, client_secret and auth_style${client ? `, which is ${client.style}` : ''}`
  }
  if (error === 'invalid_scope') return 'check scope'
  if (error === 'unsupported_grant_type') return `the server has no grant ${grantType}: choose another`
  if (/grant|token/.test(error)) return grantAdvice[grantType] ?? 'check what is sent as extras'
  return 'check token_url and what is set beside it'
}

const grantAdvice: Readonly<Record<string, string>> = {
  refresh_token:
    'the refresh token has expired, was revoked, or was used before: authorize anew and set refresh_token (token_store keeps those that follow)',
  password: 'check username and password',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': "check the claims, the key and this machine's clock",
}
