import { type ApiAnswer, type ApiCall, jsonAnswer } from '../support/api-call.js'
import type { Api, FaultRule } from '../support/api-server.js'
import { startApi } from '../support/api-server.js'

export interface RotatingOptions {
  /** Seconds. */
  readonly expiresIn?: number
  /** Requests that an access token is good for; then `/items` gives 401. */
  readonly uses?: number
  readonly faults?: readonly FaultRule[]
  /** The refresh token before may be used again as long as nobody has used what it gave. */
  readonly forgives?: boolean
}

export interface RotatingServer extends Api {
  /** How many refreshes were asked for; the tokens of the last one are `access-<n>` and `refresh-<n>`. */
  readonly refreshes: number
  /** Somebody used a refresh token twice: nobody gets anything any more. */
  readonly isLocked: boolean
}

/** Each refresh token is good for one use; a second use locks the user out, as the strictest servers do. */
export async function startRotatingServer(options: RotatingOptions = {}): Promise<RotatingServer> {
  let refreshes = 0
  let uses = 0
  let isLocked = false
  let isUsed = false
  const isGood = (token: string | null) =>
    token === `refresh-${refreshes}` || (options.forgives && !isUsed && token === `refresh-${refreshes - 1}`)
  const refresh = (call: ApiCall): ApiAnswer => {
    if (!isGood(new URLSearchParams(call.body).get('refresh_token'))) isLocked = true
    if (isLocked)
      return { ...jsonAnswer('{"error":"invalid_grant","error_description":"reuse detected"}'), status: 400 }
    refreshes++
    uses = 0
    isUsed = false
    return tokenAnswer({
      access_token: `access-${refreshes}`,
      refresh_token: `refresh-${refreshes}`,
      expires_in: options.expiresIn,
    })
  }
  const items = ({ headers }: ApiCall): ApiAnswer => {
    const isNewest = headers.authorization === `Bearer access-${refreshes}`
    isUsed ||= isNewest
    return isNewest && ++uses <= (options.uses ?? Infinity) ? jsonAnswer('[]') : { status: 401 }
  }
  const { faults = [] } = options
  const api = await startApi({ faults, endpoints: { '/token': refresh, '/items': items } })
  return Object.defineProperties(api as RotatingServer, {
    refreshes: { get: () => refreshes },
    isLocked: { get: () => isLocked },
  })
}

export function tokenAnswer(body: object, more: Partial<ApiAnswer> = {}): ApiAnswer {
  return { ...jsonAnswer(JSON.stringify({ token_type: 'Bearer', ...body })), ...more }
}
