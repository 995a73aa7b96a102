import { createPrivateKey, type KeyObject } from 'node:crypto'
import { ConfigError, jsonText } from '../../singer/index.js'
import type { JwtPlan } from '../settings/plan.js'
import type { Auth, AuthParts } from './auth.js'
import { renewal, tokenAuth } from './auth-token.js'
import { requestToken } from './auth-token-endpoint.js'

export function jwtAuth(plan: JwtPlan, parts: AuthParts): Auth {
  const { tokenUrl, lifetime, as, clock } = { ...plan, ...parts }
  const signed = async () => {
    const askedAt = (clock ?? Date.now)()
    return { value: await assertion(plan, askedAt, parts), ...renewal(askedAt, lifetime) }
  }
  const exchanged = async (url: string) => {
    const parameters = { assertion: (await signed()).value }
    const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
    return (await requestToken({ tokenUrl: url, grantType, parameters }, parts)).token
  }
  return tokenAuth(() => (tokenUrl === undefined ? signed() : exchanged(tokenUrl)), as, clock)
}

/** Claims of the settings win over those that are filled in. */
async function assertion(plan: JwtPlan, at: number, { context }: AuthParts): Promise<string> {
  const { SignJWT } = await import('jose')
  const now = Math.floor(at / 1000)
  const audience = plan.tokenUrl === undefined ? {} : { aud: plan.tokenUrl }
  const claims = { iat: now, exp: now + plan.lifetime, ...audience, ...plan.claims }
  const header = { alg: plan.algorithm, typ: 'JWT', ...(plan.keyId !== undefined && { kid: plan.keyId }) }
  try {
    const jwt = await new SignJWT(JSON.parse(jsonText(claims))).setProtectedHeader(header).sign(signingKey(plan))
    context.log.redact([jwt])
    return jwt
  } catch {
    // What node:crypto and JSON.parse say may quote the key.
    const wanted = plan.algorithm.startsWith('HS') ? 'a secret or a JWK of kind oct' : 'a private key as PEM or JWK'
    throw new ConfigError(`sign by ${plan.algorithm} with auth.jwt.key: it does not fit; ${wanted} is needed`)
  }
}

/** Variables of the environment often hold `\n` in place of line feeds. */
function signingKey({ algorithm, key }: JwtPlan): Uint8Array | KeyObject {
  const isSecret = algorithm.startsWith('HS')
  if (!key.trimStart().startsWith('{')) {
    return isSecret ? Buffer.from(key) : createPrivateKey(key.trim().replaceAll('\\n', '\n'))
  }
  const jwk = JSON.parse(key)
  return isSecret ? Buffer.from(String(jwk.k ?? ''), 'base64url') : createPrivateKey({ key: jwk, format: 'jwk' })
}
