import type { ClientAuth, CustomFetchOptions } from 'oauth4webapi'
import { Digits, type Json, type JsonObject, jsonText } from '../../singer/index.js'
import { asObject } from '../../singer/json.js'
import type { HttpRequest, HttpResponse } from '../http/http.js'
import type { AuthParts } from './auth.js'
import { answerTo, jsonIn } from './auth-answer.js'
import { refusalOf } from './auth-refusal.js'
import { renewal, type Token } from './auth-token.js'

export interface TokenRequest {
  readonly tokenUrl: string
  readonly grantType: string
  readonly parameters: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly client?: Client
  /** Seconds, where the answer does not say. */
  readonly expiresIn?: number
}

export interface Client {
  readonly id?: string
  readonly secret?: string
  readonly style: 'basic' | 'body'
}

export interface TokenAnswer {
  readonly token: Token
  readonly refreshToken?: string
}

/**
 * One grant of RFC 6749, lenient with what servers answer.
 * @throws RefusedError that says what to do.
 */
export async function requestToken(request: TokenRequest, parts: AuthParts): Promise<TokenAnswer> {
  const oauth = await import('oauth4webapi')
  const url = new URL(request.tokenUrl)
  const server = { issuer: url.origin, token_endpoint: url.href }
  const client = { client_id: request.client?.id ?? 'none' }
  const { grantType, parameters } = request
  const response = await oauth.genericTokenEndpointRequest(
    server,
    client,
    authentication(request, parts),
    grantType,
    parameters,
    {
      [oauth.allowInsecureRequests]: url.protocol === 'http:',
      [oauth.customFetch]: (_url, options) => answer(request, options, parts),
    },
  )
  const given = await oauth.processGenericTokenEndpointResponse(server, client, response)
  const now = (parts.clock ?? Date.now)()
  return {
    token: { value: given.access_token, ...renewal(now, given.expires_in ?? request.expiresIn) },
    ...(given.refresh_token !== undefined && { refreshToken: given.refresh_token }),
  }
}

/**
 * RFC 6749 §2.3.1 wants both form-encoded; no more than that, since oauth4webapi's own `%2D` for `-` is more than servers
 * which do not decode can stand.
 */
function authentication({ client }: TokenRequest, { context }: AuthParts): ClientAuth {
  return (_server, _client, body, headers) => {
    const { id, secret, style } = client ?? { style: 'body' }
    if (style === 'basic' && id !== undefined && secret !== undefined) {
      const credentials = Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString('base64')
      context.log.redact([credentials])
      headers.set('authorization', `Basic ${credentials}`)
      return
    }
    if (id !== undefined) body.set('client_id', id)
    if (secret !== undefined) body.set('client_secret', secret)
  }
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}

async function answer(
  request: TokenRequest,
  { headers, body }: CustomFetchOptions<'POST', URLSearchParams>,
  parts: AuthParts,
): Promise<Response> {
  const sent: HttpRequest = {
    method: 'POST',
    url: new URL(request.tokenUrl),
    headers: { ...headers, ...request.headers },
    body: { type: 'form', value: Object.fromEntries(body) },
  }
  const response = await answerTo(sent, parts)
  return conforming(response, request, parts)
}

/** As the RFC has it: some servers leave out token_type, or say that JSON is text. */
function conforming(response: HttpResponse, request: TokenRequest, { context }: AuthParts): Response {
  const given = asObject(jsonIn(response))
  const { access_token: access, refresh_token: refresh, id_token: id, expires_in: expires } = given
  context.log.redact([access, refresh, id].filter((token) => typeof token === 'string'))
  if (response.status >= 300 || typeof access !== 'string' || access === '') throw refusalOf(response, given, request)
  const lifetime = secondsOf(expires)
  const body: JsonObject = {
    access_token: access,
    token_type: 'bearer',
    ...(lifetime > 0 && { expires_in: lifetime }),
    ...(typeof refresh === 'string' && refresh !== '' && { refresh_token: refresh }),
  }
  return new Response(jsonText(body), { headers: { 'content-type': 'application/json' } })
}

/** NaN, too, is not above 0. */
function secondsOf(value: Json | undefined): number {
  return Number(value instanceof Digits ? value.text : (value ?? 0))
}
