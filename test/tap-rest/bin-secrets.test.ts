import { expect } from 'chai'
import { type Api, type ApiCall, type ApiOptions, jsonAnswer, startApi } from '../support/api-server.js'
import { eager } from './kinds.js'
import { type Ran, run } from './running.js'

/** Each with what URLs, headers and JSON spell in another way. */
const secretOf = (name: string) => `${name}-s3cr&t/+"ü ${name.length}`
const plainSecretOf = (name: string) => `${name}-0p3n-s3s4m3+/=`

const env = {
  API_TOKEN: plainSecretOf('env-token'),
  DB_PASSWORD: secretOf('env-password'),
  AWS_ACCESS_KEY_ID: '',
}
const user = 'ali/ba+ba'
const url = { user: 'url-us3r', password: 'url-p4ssw0rd' }

/** Found in the settings, or got on the way. */
const auths: Readonly<Record<string, object>> = {
  bearer: { bearer: plainSecretOf('bearer') },
  bearer_env: { bearer: '{env.API_TOKEN}' },
  basic: { basic: { user, password: secretOf('basic') } },
  key_header: { api_key: { name: 'X-Api-Key', value: plainSecretOf('key-header') } },
  key_query: { api_key: { name: 'k', value: secretOf('key-query'), in: 'query' } },
  key_cookie: { api_key: { name: 'sid', value: plainSecretOf('key-cookie').replace(/[+/=]/g, ''), in: 'cookie' } },
  key_body: { api_key: { name: 'auth.k', value: secretOf('key-body'), in: 'body' } },
  client_credentials: { oauth2: { token_url: '/token', client_id: 'me', client_secret: secretOf('client') } },
  client_basic: {
    oauth2: { token_url: '/token', client_id: 'me', client_secret: secretOf('client-basic'), auth_style: 'basic' },
  },
  refresh: { oauth2: { token_url: '/token', client_id: 'me', refresh_token: secretOf('refresh') } },
  password: { oauth2: { token_url: '/token', client_id: 'me', username: 'me', password: '{env.DB_PASSWORD}' } },
  jwt: { jwt: { algorithm: 'HS256', key: 'jwt-shared-s3cr3t-of-at-least-32-bytes', claims: { iss: 'me' } } },
  aws: {
    aws: {
      service: 'execute-api',
      region: 'eu-west-1',
      access_key_id: 'AKIDEXAMPLE',
      secret_access_key: plainSecretOf('aws'),
      session_token: plainSecretOf('aws-session'),
    },
  },
  login: {
    login: {
      request: {
        path: '/login',
        body: { name: 'me', password: secretOf('login') },
        headers: { 'X-App-Key': 'app-k3y-h3ader' },
      },
      token: 'token',
    },
  },
}
const inRequest = {
  headers: { 'X-Secret-Header': plainSecretOf('header') },
  params: { api_key: secretOf('param'), session_token: '{env.API_TOKEN}' },
}

const secrets: readonly string[] = [
  ...['bearer', 'key-header', 'aws', 'aws-session', 'header', 'env-token'].map(plainSecretOf),
  ...['basic', 'key-query', 'key-body', 'client', 'client-basic', 'refresh', 'login', 'param', 'body'].map(secretOf),
  plainSecretOf('key-cookie').replace(/[+/=]/g, ''),
  env.DB_PASSWORD,
  url.password,
  'jwt-shared-s3cr3t-of-at-least-32-bytes',
  'app-k3y-h3ader',
  `${user}:${secretOf('basic')}`,
  `${encodeURIComponent('me')}:${encodeURIComponent(secretOf('client-basic'))}`,
  `${url.user}:${url.password}`,
  ...['got-access', 'got-refresh', 'got-login'].map(plainSecretOf),
]

/** Whatever was sent, said back in the body. */
const echo = (call: ApiCall) => `${call.url.href} ${JSON.stringify(call.headers)} ${call.body} ${decoded(call.url)}`
/** The same, what the log's excerpt of a body would cut off first. */
const credentials = ({ headers, body, query, number }: ApiCall) => {
  const basic = Buffer.from(String(headers.authorization).slice(6), 'base64').toString()
  const all = [
    headers.authorization ?? '',
    headers.cookie,
    headers['x-api-key'],
    headers['x-secret-header'],
    basic,
    body,
  ]
  const texts = all.map(String)
  const form = query.toString()
  const lower = form.replace(/%../g, (each) => each.toLowerCase())
  return [...texts, form, lower, String(query.get('api_key'))][number % 9] ?? ''
}
const decoded = ({ search }: URL) => decodeURIComponent(search.replaceAll('+', ' '))
const tokens = JSON.stringify({
  token_type: 'Bearer',
  access_token: plainSecretOf('got-access'),
  refresh_token: plainSecretOf('got-refresh'),
})

const endpoints: ApiOptions['endpoints'] & object = {
  '/token': () => jsonAnswer(tokens),
  '/login': () => jsonAnswer(JSON.stringify({ token: plainSecretOf('got-login') })),
  // The next link holds the key that was sent; the second page begins a round.
  '/pages': (call) => {
    const next = new URL(call.url)
    next.searchParams.set('page', '2')
    return jsonAnswer(JSON.stringify({ rows: [{ id: call.number }], next: call.query.get('page') ? null : next.href }))
  },
  '/round': (call) => jsonAnswer(JSON.stringify({ rows: [{ id: call.number }], next: call.url.href })),
  '/refused': (call) => ({ ...jsonAnswer(JSON.stringify({ message: echo(call) })), status: 400 }),
  '/unauthorized': (call) => ({ ...jsonAnswer(JSON.stringify({ message: echo(call) })), status: 401 }),
  '/busy': (call) => ({ ...jsonAnswer(credentials(call)), status: 503, headers: { 'x-request-id': 'r1' } }),
  '/no-json': (call) => jsonAnswer(`{"rows": oops ${echo(call)}`),
  '/html': (call) => jsonAnswer(`<html>${echo(call)}</html>`),
  '/no-rows': (call) => jsonAnswer(JSON.stringify({ error: echo(call) })),
  '/elsewhere': (call) => ({ status: 302, headers: { location: `http://localhost:9/${call.url.search}` } }),
  '/next-elsewhere': (call) => jsonAnswer(JSON.stringify({ rows: [], next: `http://localhost:9/${call.url.search}` })),
  '/bad-next': (call) => jsonAnswer(JSON.stringify({ rows: [{ id: 1 }], next: `http://[${call.url.search}` })),
}
const failing = Object.keys(endpoints).slice(3)

describe('tap-rest keeps secrets', function () {
  this.timeout(120_000)
  let api: Api
  let good: Ran
  let bad: Ran
  let refused: Ran
  before(async () => {
    api = await startApi({ endpoints })
    good = await runStreams((name) => [[name, '/pages']])
    bad = await runStreams((name) => failing.map((path) => [`${name}${path.replace('/', '_')}`, path]))
    const withUser = { base_url: api.url.replace('//', `//${url.user}:${url.password}@`), streams: { s: '/pages' } }
    refused = await run(withUser, { env: { LOGLEVEL: 'DEBUG' } })
  })
  after(() => api.close())

  function runStreams(pathsOf: (auth: string) => readonly (readonly [name: string, path: string])[]): Promise<Ran> {
    const streams = Object.entries(auths).flatMap(([auth, settings]) =>
      pathsOf(auth).map(([name, path]) => {
        const body = auth === 'key_body' ? { method: 'POST', body: { secret: secretOf('body') } } : {}
        return [name, { path, auth: settings, ...body, ...inRequest, records: 'rows', paginate: 'next' }]
      }),
    )
    const settings = {
      base_url: api.url,
      defaults: { ...eager, retry: { attempts: 20, base: 0.001, cap: 0.001 } },
      streams: Object.fromEntries(streams),
    }
    return run(settings, { env: { ...env, LOGLEVEL: 'DEBUG', TAP_REST_LOGLEVEL: 'DEBUG' } })
  }

  it('the runs are what they are for: all streams good, all streams bad, at debug level', () => {
    expect(good.code, good.stderr.slice(-2_000)).to.equal(0)
    expect(good.ids.size).to.equal(Object.keys(auths).length)
    expect(bad.code, bad.stderr.slice(-2_000)).to.equal(1)
    expect(bad.criticals).to.have.length(Object.keys(auths).length * failing.length)
    expect(refused.code, refused.stderr).to.equal(2)
    for (const { stderr } of [good, bad]) expect(stderr).to.match(/^DEBUG answered/m)
    expect(bad.stderr).to.match(/^DEBUG body .*\*\*\*/m)
  })

  it('every secret was used', () => {
    const sent = api.calls.map((call) => echo(call)).join('\n')
    for (const secret of ['bearer', 'key-header', 'header', 'env-token', 'got-access', 'got-login'].map(
      plainSecretOf,
    )) {
      expect(sent).to.contain(secret)
    }
    for (const secret of ['key-query', 'param'].map(secretOf)) expect(sent).to.contain(secret)
  })

  for (const [index, secret] of secrets.entries()) {
    it(`secret ${index} is nowhere, in no spelling: ${secret.slice(0, 9)}…`, () => {
      for (const { stderr, others, states } of [good, bad, refused]) {
        for (const text of [stderr, others.join('\n'), JSON.stringify(states)]) {
          for (const spelling of spellingsOf(secret))
            expect(text.includes(spelling), found(text, spelling)).to.equal(false)
        }
      }
    })
  }
})

function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const form = new URLSearchParams({ s: secret }).toString().slice(2)
  const lower = form.replace(/%../g, (each) => each.toLowerCase())
  const base64 = bytes.toString('base64')
  const urls = [
    lower,
    encodeURIComponent(secret),
    encodeURI(secret),
    form,
    new URL(`http://h/?${encodeURI(secret)}`).search.slice(1),
  ]
  return [
    secret,
    ...urls,
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
    JSON.stringify(secret).slice(1, -1),
  ]
}

function found(text: string, spelling: string): string {
  const at = text.indexOf(spelling)
  return `${spelling} in ${text.slice(Math.max(0, at - 300), at + 100)}`
}
