import { createHash } from 'node:crypto'
import { ConfigError } from '../../singer/index.js'
import type { OAuth2Plan } from '../settings/plan.js'
import type { AuthParts } from './auth.js'
import { isUsable, type TokenSource } from './auth-token.js'
import { requestToken, type TokenRequest } from './auth-token-endpoint.js'
import { openTokenStore, type StoredToken, type TokenStore } from './token-store.js'

// Less than the time that a program gives itself to stop.
const graceMs = 2_000

/** Access tokens for a refresh token, which many servers replace with each use. */
export function refreshedToken(plan: OAuth2Plan, request: TokenRequest, parts: AuthParts): TokenSource {
  const configured = plan.refreshToken
  if (configured === undefined) throw new ConfigError('auth.oauth2: the grant refresh_token needs a refresh_token')
  const refresh = async (refreshToken: string): Promise<StoredToken> => {
    const parameters = { ...request.parameters, refresh_token: refreshToken }
    const answer = await requestToken({ ...request, parameters }, { ...parts, send: patient(parts) })
    return { refreshToken: answer.refreshToken ?? refreshToken, token: answer.token }
  }
  if (parts.tokenStore === undefined) return forgottenTokens(configured, refresh, parts)
  const store = openTokenStore(parts.tokenStore, keyOf(plan, configured), parts.context)
  return keptTokens(store, (kept) => refresh(kept?.refreshToken ?? configured), parts)
}

function forgottenTokens(
  configured: string,
  refresh: (refreshToken: string) => Promise<StoredToken>,
  { context }: AuthParts,
): TokenSource {
  let refreshToken = configured
  return async () => {
    const given = await refresh(refreshToken)
    if (given.refreshToken !== refreshToken && refreshToken === configured) {
      context.log.warning(
        'the server replaces the refresh token with each use, and the new one is lost at the end of the run: set token_store to a file that is kept between runs',
      )
    }
    refreshToken = given.refreshToken
    return given.token
  }
}

/** Another process may have refreshed: its token is as good as one of our own, and ours would void it. */
function keptTokens(
  store: TokenStore,
  refresh: (kept: StoredToken | undefined) => Promise<StoredToken>,
  { clock }: AuthParts,
): TokenSource {
  return async (refused) => {
    const isGood = (kept: StoredToken | undefined): kept is StoredToken =>
      kept !== undefined && kept.token.value !== refused?.value && isUsable(kept.token, clock)
    const kept = await store.read()
    if (isGood(kept)) return kept.token
    const updated = await store.update(async (stored) => (isGood(stored) ? stored : refresh(stored)))
    return updated.token
  }
}

/** A run that is stopped waits a moment: the answer on its way may hold the only refresh token that is still good. */
function patient({ send, context }: AuthParts): AuthParts['send'] {
  return async (request) => {
    const late = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const stop = () => {
      timer = setTimeout(() => late.abort(context.signal.reason), graceMs)
    }
    context.signal.addEventListener('abort', stop, { once: true })
    try {
      return await send(request, late.signal)
    } finally {
      context.signal.removeEventListener('abort', stop)
      clearTimeout(timer)
    }
  }
}

/** A refresh token that is newly set begins anew, whatever the store holds of an earlier one. */
function keyOf({ tokenUrl, clientId }: OAuth2Plan, configured: string): string {
  return createHash('sha256')
    .update(JSON.stringify([tokenUrl, clientId, configured]))
    .digest('hex')
}
