import { expect } from 'chai'
import { openAuth } from '../../tap-rest/auth/auth.js'
import type { HttpResponse } from '../../tap-rest/http/http.js'
import type { OAuth2Plan } from '../../tap-rest/settings/plan.js'
import type { ApiAnswer } from '../support/api-call.js'
import { type Api, type FaultRule, startApi, status } from '../support/api-server.js'
import { authParts, call, failure, get } from './authorizing.js'
import { tokenAnswer } from './token-server.js'

const plan = {
  kind: 'oauth2',
  grant: 'client_credentials',
  clientId: 'me',
  clientSecret: 's3cret',
  extras: {},
  headers: {},
  authStyle: 'basic',
} as const
const refreshing = { grant: 'refresh_token', refreshToken: 'r3fresh' } as const
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

/** `undefined` takes a setting away. */
type Given = { readonly [Key in keyof OAuth2Plan]?: OAuth2Plan[Key] | undefined }

interface Asked {
  readonly title: string
  readonly plan: Given
  readonly body: string
  readonly headers?: object
}

// biome-ignore format: one fact a line
const asked: readonly Asked[] = [
  { title: 'client credentials in the header', plan: {}, body: 'grant_type=client_credentials', headers: { authorization: basic('me:s3cret') } },
  { title: 'client credentials in the body', plan: { authStyle: 'body' }, body: 'client_id=me&client_secret=s3cret&grant_type=client_credentials', headers: { authorization: undefined } },
  { title: 'client credentials form-encoded within the header, RFC 6749 §2.3.1', plan: { clientId: 'a-b.c_d', clientSecret: 'x+y/z= é' }, body: 'grant_type=client_credentials', headers: { authorization: basic('a-b.c_d:x%2By%2Fz%3D+%C3%A9') } },
  { title: 'a client without a secret', plan: { ...refreshing, clientSecret: undefined }, body: 'client_id=me&grant_type=refresh_token&refresh_token=r3fresh', headers: { authorization: undefined } },
  { title: 'no client at all', plan: { grant: 'password', clientId: undefined, clientSecret: undefined, username: 'u', password: 'p&p' }, body: 'grant_type=password&password=p%26p&username=u', headers: { authorization: undefined } },
  { title: 'password', plan: { grant: 'password', username: 'u', password: 'p' }, body: 'grant_type=password&password=p&username=u', headers: { authorization: basic('me:s3cret') } },
  { title: 'refresh token', plan: refreshing, body: 'grant_type=refresh_token&refresh_token=r3fresh' },
  { title: 'scope and extras', plan: { scope: 'a b', extras: { audience: 'https://x/' } }, body: 'audience=https%3A%2F%2Fx%2F&grant_type=client_credentials&scope=a+b' },
  { title: 'a grant of the server’s own', plan: { extras: { grant_type: 'account_credentials', account_id: '7' } }, body: 'account_id=7&grant_type=account_credentials' },
  { title: 'headers of the settings', plan: { headers: { 'x-tenant': '7', authorization: 'Custom 1' } }, body: 'grant_type=client_credentials', headers: { 'x-tenant': '7', authorization: 'Custom 1' } },
]

interface Answered {
  readonly title: string
  readonly answer: ApiAnswer
  /** Seconds during which the token is used; absent: until a 401. */
  readonly used?: number
  readonly plan?: Given
}

// biome-ignore format: one fact a line
const answered: readonly Answered[] = [
  { title: 'an hour', answer: tokenAnswer({ access_token: 'a', expires_in: 3600 }), used: 3540 },
  { title: 'a minute: half of it', answer: tokenAnswer({ access_token: 'a', expires_in: 60 }), used: 30 },
  { title: 'seconds as text', answer: tokenAnswer({ access_token: 'a', expires_in: '3600' }), used: 3540 },
  { title: 'seconds with a fraction', answer: { body: '{"access_token":"a","token_type":"bearer","expires_in":3600.0}' }, used: 3540 },
  { title: 'no lifetime: until a 401', answer: tokenAnswer({ access_token: 'a' }) },
  { title: 'no lifetime, but one in the settings', answer: tokenAnswer({ access_token: 'a' }), plan: { expiresIn: 600 }, used: 540 },
  { title: 'a lifetime, and another in the settings', answer: tokenAnswer({ access_token: 'a', expires_in: 3600 }), plan: { expiresIn: 600 }, used: 3540 },
  { title: 'a lifetime of 0', answer: tokenAnswer({ access_token: 'a', expires_in: 0 }) },
  { title: 'a lifetime that is no number', answer: tokenAnswer({ access_token: 'a', expires_in: 'never' }) },
  { title: 'null wherever null can be', answer: tokenAnswer({ access_token: 'a', expires_in: null, refresh_token: null, scope: null, id_token: null }) },
  { title: 'no token_type', answer: tokenAnswer({ access_token: 'a', token_type: undefined }) },
  { title: 'token_type in odd case', answer: tokenAnswer({ access_token: 'a', token_type: 'BearerToken' }) },
  { title: 'JSON that is said to be text', answer: tokenAnswer({ access_token: 'a' }, { headers: { 'content-type': 'text/html' } }) },
  { title: 'JSON of no type', answer: tokenAnswer({ access_token: 'a' }, { headers: {} }) },
  { title: 'status 201', answer: tokenAnswer({ access_token: 'a' }, { status: 201 }) },
  { title: 'an ID token that nobody checks', answer: tokenAnswer({ access_token: 'a', id_token: 'x.y.z' }) },
]

interface Refused {
  readonly title: string
  readonly plan?: Given
  readonly answer: ApiAnswer
  readonly message: RegExp
}

const refusal = (code: number, body: object | string, headers = {}): ApiAnswer => ({
  status: code,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

// biome-ignore format: one fact a line
const refused: readonly Refused[] = [
  { title: 'a refresh token that is used up', plan: refreshing, answer: refusal(400, { error: 'invalid_grant' }), message: /refused with 400 \(invalid_grant\); the refresh token has expired, was revoked, or was used before: authorize anew and set refresh_token/ },
  { title: 'with words of the server’s own, in a 200', plan: refreshing, answer: refusal(200, { error: 'bad_refresh_token', error_description: 'The refresh token is incorrect.' }), message: /refused with 200 \(bad_refresh_token: The refresh token is incorrect\.\); the refresh token has expired/ },
  { title: 'a server that quotes secrets', plan: refreshing, answer: refusal(400, { error: 'invalid_grant', error_description: 'no r3fresh, no s3cret' }), message: /\(invalid_grant: no \*\*\*, no \*\*\*\)/ },
  { title: 'a wrong password', plan: { grant: 'password', username: 'u', password: 'p4ss' }, answer: refusal(400, { error: 'invalid_grant' }), message: /; check username and password$/ },
  { title: 'a wrong client', answer: refusal(401, { error: 'invalid_client' }, { 'www-authenticate': 'Basic realm="x"' }), message: /refused with 401 \(invalid_client\); check client_id, client_secret and auth_style, which is basic$/ },
  { title: 'a wrong scope', answer: refusal(400, { error: 'invalid_scope' }), message: /; check scope$/ },
  { title: 'no such grant', answer: refusal(400, { error: 'unsupported_grant_type' }), message: /; the server has no grant client_credentials: choose another$/ },
  { title: 'no token server there', answer: refusal(404, '<h1>Not found</h1>'), message: /token\?tenant: refused with 404; check token_url and what is set beside it$/ },
  { title: 'a page in place of JSON', answer: refusal(200, '<h1>Sign in</h1>'), message: /the answer holds no access_token; check token_url/ },
  { title: 'an access token that is none', answer: refusal(200, { access_token: 7 }), message: /the answer holds no access_token/ },
  { title: 'a redirect', answer: refusal(307, '', { location: '/elsewhere' }), message: /refused with 307; the server is elsewhere: correct token_url$/ },
]

describe('tap-rest auth oauth2', () => {
  let api: Api
  afterEach(() => api.close())

  const open = (given: Given, parts = authParts()) => {
    const merged = { ...plan, tokenUrl: `${api.url}/token?tenant=1`, ...given }
    const { clientId, clientSecret, ...rest } = merged
    const client = { ...(clientId !== undefined && { clientId }), ...(clientSecret !== undefined && { clientSecret }) }
    return openAuth({ ...rest, ...client } as OAuth2Plan, parts)
  }
  const answering = async (answer: ApiAnswer, faults: readonly FaultRule[] = []) => {
    api = await startApi({ endpoints: { '/token': () => answer, '/items': () => ({ body: '[]' }) }, faults })
  }

  for (const { title, plan: given, body, headers = {} } of asked) {
    it(`asks: ${title}`, async () => {
      await answering(tokenAnswer({ access_token: 'a' }))
      await open(given).authorize(get(api.url))
      const [sent] = api.calls
      expect(sent?.method).to.equal('POST')
      expect(sent?.url.search).to.equal('?tenant=1')
      const form = new URLSearchParams(sent?.body)
      form.sort()
      expect(String(form)).to.equal(body)
      expect(sent?.headers).to.include({ accept: 'application/json' })
      expect(sent?.headers['content-type']).to.match(/^application\/x-www-form-urlencoded/)
      for (const [name, value] of Object.entries(headers)) expect(sent?.headers[name], name).to.equal(value)
    })
  }

  for (const { title, answer, used, plan: given = {} } of answered) {
    it(`uses a token: ${title}`, async () => {
      await answering(answer)
      let now = 1_000_000
      const auth = open(given, authParts({ clock: () => now }))
      const tokens = async (seconds: number) => {
        now = 1_000_000 + seconds * 1000
        const { request } = await auth.authorize(get(api.url))
        expect(request.headers.authorization).to.equal('Bearer a')
        return api.count('/token')
      }
      expect(await tokens(0)).to.equal(1)
      expect(await tokens((used ?? 1e9) - 1)).to.equal(1)
      if (used !== undefined) expect(await tokens(used)).to.equal(2)
    })
  }

  for (const { title, plan: given = {}, answer, message } of refused) {
    it(`says what to do: ${title}; and does not ask again`, async () => {
      await answering(answer)
      const auth = open(given)
      const text = await failure(auth.authorize(get(api.url)))
      expect(text).to.match(message)
      expect(text).to.include(`RefusedError: get a token from ${api.url}/token?tenant: `)
      expect(text).to.not.match(/s3cret|r3fresh|p4ss/)
      expect(await failure(auth.authorize(get(api.url)))).to.equal(text)
      expect(api.calls.map(({ path }) => path)).to.deep.equal(['/token'])
    })
  }

  for (const what of [500, 503, 429, 408, 'refuse', 'reset'] as const) {
    it(`asks again after ${what}`, async () => {
      const fault = typeof what === 'number' ? status(what) : what
      await answering(tokenAnswer({ access_token: 'a' }), [{ fault, times: 2 }])
      const parts = authParts()
      await open({}, parts).authorize(get(api.url))
      expect(api.count('/token')).to.equal(3)
      expect(parts.log.lines.filter((line) => line.startsWith('WARNING no token yet attempt='))).to.have.length(2)
    })
  }

  it('gives up on a server that stays down, and asks anew for the next request', async () => {
    await answering(tokenAnswer({ access_token: 'a' }), [{ fault: status(503), times: 3 }])
    const auth = open({})
    expect(await failure(auth.authorize(get(api.url)))).to.equal(
      `NoAnswerError: get a token: POST ${api.url}/token?tenant answered 503; run again later`,
    )
    expect((await auth.authorize(get(api.url))).generation).to.equal(1)
  })

  it('waits as long as the server asks, unless that is too long', async () => {
    const retry = { attempts: 2, firstMs: 1, maxMs: 1, maxWaitMs: 2_000, extraMs: 0 }
    await answering(tokenAnswer({ access_token: 'a' }), [{ fault: status(429, { 'retry-after': '1' }), times: 1 }])
    const began = performance.now()
    await open({}, authParts({ retry })).authorize(get(api.url))
    expect(performance.now() - began).to.be.within(990, 5_000)
    await api.close()
    await answering(tokenAnswer({ access_token: 'a' }), [{ fault: status(503, { 'retry-after': '3600' }) }])
    expect(await failure(open({}, authParts({ retry })).authorize(get(api.url)))).to.match(
      /^SourceError: get a token: POST .* answered 503: the limit of requests is reached until .* run again then/,
    )
    expect(api.calls).to.have.length(1)
  })

  it('many requests at once ask for one token, at the beginning, after it ended and after 401', async () => {
    let issued = 0
    let now = 0
    api = await startApi({
      faults: [{ path: '/token', fault: { headersAfterMs: 30 } }],
      endpoints: {
        '/token': () => tokenAnswer({ access_token: `a${++issued}`, expires_in: 3600 }),
        '/items': ({ headers }) => (headers.authorization === `Bearer a${issued}` ? { body: '[]' } : { status: 401 }),
      },
    })
    const auth = open({}, authParts({ clock: () => now }))
    const all = (): Promise<HttpResponse[]> =>
      Promise.all(Array.from({ length: 8 }, () => call(auth, get(`${api.url}/items`))))
    const good = Array.from({ length: 8 }, () => 200)
    expect((await all()).map((response) => response.status)).to.deep.equal(good)
    expect(issued).to.equal(1)
    now += 3_600_000
    expect((await all()).map((response) => response.status)).to.deep.equal(good)
    expect(issued).to.equal(2)
    issued++
    expect((await all()).map((response) => response.status)).to.deep.equal(good)
    expect(issued).to.equal(4)
  })

  it('a late 401 for a token that was renewed meanwhile asks for none', async () => {
    await answering(tokenAnswer({ access_token: 'a' }))
    const auth = open({})
    const early = await auth.authorize(get(api.url))
    expect(await auth.renew(early)).to.equal(true)
    expect(await auth.renew(early)).to.equal(true)
    expect((await auth.authorize(get(api.url))).generation).to.equal(2)
    expect(api.count('/token')).to.equal(2)
  })

  it('no token is in any line from the moment it arrives', async () => {
    await answering(tokenAnswer({ access_token: 'tok-access', refresh_token: 'tok-refresh', id_token: 'tok-id' }))
    const parts = authParts()
    await open(refreshing, parts).authorize(get(api.url))
    parts.log.info('tok-access tok-refresh tok-id', { base64: basic('me:s3cret') })
    expect(parts.log.lines.at(-1)).to.equal('INFO *** *** *** base64="Basic ***"')
    expect(parts.log.lines.join()).to.not.match(/tok-/)
  })

  it('an aborted run does not wait for a token', async () => {
    await answering(tokenAnswer({ access_token: 'a' }), [{ fault: status(503) }])
    const abort = new AbortController()
    const auth = open(
      {},
      authParts({
        signal: abort.signal,
        retry: { attempts: 9, firstMs: 60_000, maxMs: 60_000, maxWaitMs: 60_000, extraMs: 0 },
      }),
    )
    setTimeout(() => abort.abort(new Error('enough')), 30)
    const began = performance.now()
    expect(await failure(auth.authorize(get(api.url)))).to.equal('Error: enough')
    expect(performance.now() - began).to.be.lessThan(5_000)
  })
})
