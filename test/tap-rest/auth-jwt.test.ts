import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { expect } from 'chai'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { openAuth } from '../../tap-rest/auth/auth.js'
import type { JwtPlan } from '../../tap-rest/settings/plan.js'
import { type Api, startApi } from '../support/api-server.js'
import { authParts, failure, get } from './authorizing.js'
import { tokenAnswer } from './token-server.js'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey
const curves = { ES256: ec('P-256'), ES384: ec('P-384'), ES512: ec('P-521') }
const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8') =>
  String(key.export({ format: 'pem', type } as never))
const jwk = (key: KeyObject) => JSON.stringify(key.export({ format: 'jwk' }))
const secret = 'a secret of sixty-four bytes, which is what HS512 wants to be safe'
const octet = JSON.stringify({ kty: 'oct', k: Buffer.from(secret).toString('base64url') })

// biome-ignore format: one key a line
const keys: [algorithm: string, form: string, key: string, KeyObject | Uint8Array][] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((algorithm) => [algorithm, 'PKCS8', pem(rsa.privateKey), rsa.publicKey] as [string, string, string, KeyObject]),
  ['RS256', 'PKCS1', pem(rsa.privateKey, 'pkcs1'), rsa.publicKey],
  ['RS256', 'PEM with \\n for line feeds', pem(rsa.privateKey).replaceAll('\n', '\\n'), rsa.publicKey],
  ['RS256', 'JWK', jwk(rsa.privateKey), rsa.publicKey],
  ...Object.entries(curves).map(([algorithm, key]) => [algorithm, 'PKCS8', pem(key), createPublicKey(key)] as [string, string, string, KeyObject]),
  ['ES256', 'SEC1', pem(curves.ES256, 'sec1'), createPublicKey(curves.ES256)],
  ['ES256', 'JWK', jwk(curves.ES256), createPublicKey(curves.ES256)],
  ...['HS256', 'HS384', 'HS512'].map((algorithm) => [algorithm, 'secret', secret, Buffer.from(secret)] as [string, string, string, Uint8Array]),
  ['HS256', 'JWK', octet, Buffer.from(secret)],
]

const plan: JwtPlan = {
  kind: 'jwt',
  algorithm: 'HS256',
  key: secret,
  keyId: 'key-1',
  claims: { iss: 'me', sub: 'you', aud: 'them', scope: 'a b' },
  lifetime: 600,
  as: 'bearer',
}
const tokenOf = (header: string | undefined) => String(header).replace(/^Bearer /, '')

describe('tap-rest auth jwt', () => {
  for (const [algorithm, form, key, verifying] of keys) {
    it(`signs by ${algorithm} with a key as ${form}`, async () => {
      const before = Math.floor(Date.now() / 1000)
      const { request } = await openAuth({ ...plan, algorithm, key }, authParts()).authorize(get('https://x/'))
      const token = tokenOf(request.headers.authorization)
      expect(decodeProtectedHeader(token)).to.deep.equal({ alg: algorithm, typ: 'JWT', kid: 'key-1' })
      const { payload } = await jwtVerify(token, verifying)
      const { iat = 0, exp, ...claims } = payload
      expect(claims).to.deep.equal(plan.claims)
      expect(iat).to.be.within(before, before + 10)
      expect(exp).to.equal(iat + 600)
    })
  }

  it('the signature is the one of the standard', async () => {
    const { request } = await openAuth(plan, authParts()).authorize(get('https://x/'))
    const [header, payload, signature] = tokenOf(request.headers.authorization).split('.')
    expect(createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url')).to.equal(signature)
  })

  it('signs anew before the token ends, and after a 401; goes into any header; is in no line', async () => {
    let now = 1_700_000_000_000
    const parts = authParts({ clock: () => now })
    const auth = openAuth({ ...plan, as: { header: 'X-Jwt' } }, parts)
    const token = async () => (await auth.authorize(get('https://x/'))).request.headers['x-jwt']
    const first = await token()
    now += 539_000
    expect(await token()).to.equal(first)
    now += 2_000
    const second = await token()
    expect(second).to.not.equal(first)
    now += 1_000
    expect(await auth.renew(await auth.authorize(get('https://x/')))).to.equal(true)
    expect(await token()).to.not.equal(second)
    parts.log.info(`${first} ${second}`)
    expect(parts.log.lines).to.deep.equal(['INFO *** ***'])
  })

  it('claims of the settings win', async () => {
    const { request } = await openAuth({ ...plan, claims: { iat: 7 } }, authParts()).authorize(get('https://x/'))
    const { payload } = await jwtVerify(tokenOf(request.headers.authorization), Buffer.from(secret))
    expect(payload.iat).to.equal(7)
  })

  it('is exchanged for a token where there is a token_url, its audience unless another is set', async () => {
    const api: Api = await startApi({
      endpoints: { '/token': () => tokenAnswer({ access_token: 'a', expires_in: 3600 }) },
    })
    try {
      const tokenUrl = `${api.url}/token`
      const auth = openAuth({ ...plan, claims: { iss: 'me' }, tokenUrl }, authParts())
      const { request } = await auth.authorize(get('https://x/'))
      await auth.authorize(get('https://x/'))
      expect(request.headers.authorization).to.equal('Bearer a')
      expect(api.calls).to.have.length(1)
      const form = new URLSearchParams(api.calls[0]?.body)
      expect([...form.keys()]).to.have.members(['assertion', 'grant_type'])
      expect(form.get('grant_type')).to.equal('urn:ietf:params:oauth:grant-type:jwt-bearer')
      const { payload } = await jwtVerify(form.get('assertion') ?? '', Buffer.from(secret))
      expect(payload).to.include({ iss: 'me', aud: tokenUrl })
    } finally {
      await api.close()
    }
  })

  it('says what to check when the assertion is refused, without it', async () => {
    const body = '{"error":"invalid_grant","error_description":"Invalid JWT Signature."}'
    const api = await startApi({ endpoints: { '/token': () => ({ status: 400, body }) } })
    try {
      const auth = openAuth({ ...plan, tokenUrl: `${api.url}/token` }, authParts())
      expect(await failure(auth.authorize(get('https://x/')))).to.equal(
        `RefusedError: get a token from ${api.url}/token: refused with 400 (invalid_grant: Invalid JWT Signature.); check the claims, the key and this machine's clock`,
      )
    } finally {
      await api.close()
    }
  })

  const wrong: [algorithm: string, key: string][] = [
    ['RS256', 'k3y'],
    ['RS256', '{"k3y"'],
    ['RS256', '{"kty":"oct","k":"k3y"}'],
    ['RS256', pem(curves.ES256)],
    ['ES384', pem(curves.ES256)],
    ['RS256', String(rsa.publicKey.export({ format: 'pem', type: 'spki' }))],
    ['HS256', '{"k3y"'],
    ['HS256', '{"kty":"oct"}'],
  ]
  for (const [algorithm, key] of wrong) {
    it(`a key that does not fit is no reason to show it: ${algorithm}, ${key.slice(0, 27)}`, async () => {
      const text = await failure(openAuth({ ...plan, algorithm, key }, authParts()).authorize(get('https://x/')))
      expect(text).to.include(`ConfigError: sign by ${algorithm} with auth.jwt.key: it does not fit; `)
      expect(text).to.not.include('k3y')
    })
  }
})
