import { type ApiAnswer, type ApiCall, jsonAnswer } from './api-call.js'

export interface TokenOptions {
  /** Seconds, said in `expires_in`; absent: not said. */
  readonly expiresIn?: number
  /** Requests that an access token is good for; then it gives 401. */
  readonly uses?: number
  /** Each refresh token works once, and the answer holds the next one. */
  readonly rotates?: boolean
}

export interface ApiTokens {
  /** The one access token that is good now; undefined before the first was asked for. */
  readonly access: string | undefined
  /** The one refresh token that is good now: `refresh-0` at first. */
  readonly refresh: string
  /** How often `/token` gave one. */
  readonly issued: number
  /** From now on the access token gives 401. */
  expire(): void
}

/** POST `/token`: any grant; a refresh token must be the one that is good now. */
export function tokenEndpoint(options: TokenOptions) {
  let access: string | undefined
  let refresh = 'refresh-0'
  let issued = 0
  let uses = 0

  function issue(call: ApiCall): ApiAnswer {
    const form = new URLSearchParams(call.body)
    const isRefresh = form.get('grant_type') === 'refresh_token'
    if (isRefresh && form.get('refresh_token') !== refresh) {
      return { ...jsonAnswer('{"error":"invalid_grant"}'), status: 400 }
    }
    issued++
    access = `access-${issued}`
    uses = 0
    if (isRefresh && options.rotates) refresh = `refresh-${issued}`
    return jsonAnswer(
      JSON.stringify({
        access_token: access,
        token_type: 'Bearer',
        ...(options.expiresIn !== undefined && { expires_in: options.expiresIn }),
        ...(isRefresh && options.rotates && { refresh_token: refresh }),
      }),
    )
  }

  /** Whether the request has the access token that is good now. */
  function admits(call: ApiCall): boolean {
    if (access === undefined || call.headers.authorization !== `Bearer ${access}`) return false
    return ++uses <= (options.uses ?? Number.POSITIVE_INFINITY)
  }

  const tokens: ApiTokens = {
    get access() {
      return access
    },
    get refresh() {
      return refresh
    },
    get issued() {
      return issued
    },
    expire: () => {
      access = undefined
    },
  }
  return { issue, admits, tokens }
}

export const unauthorized: ApiAnswer = { ...jsonAnswer('{"error":"unauthorized"}'), status: 401 }
