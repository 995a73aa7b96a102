import { expect } from 'chai'
import { openAuth } from '../../tap-rest/auth/auth.js'
import type { LoginPlan } from '../../tap-rest/settings/plan.js'
import type { ApiAnswer } from '../support/api-call.js'
import { type Api, type FaultRule, startApi, status } from '../support/api-server.js'
import { authParts, call, failure, get } from './authorizing.js'

interface Fact {
  readonly title: string
  readonly answer: string
  readonly token: LoginPlan['token']
  readonly as?: LoginPlan['as']
  readonly sent: object
}

// biome-ignore format: one fact a line
const facts: readonly Fact[] = [
  { title: 'a text at the top', answer: '{"token":"t"}', token: ['token'], sent: { authorization: 'Bearer t' } },
  { title: 'a text deep inside', answer: '{"data":[{"session.id":"t"}]}', token: ['data', '0', 'session.id'], sent: { authorization: 'Bearer t' } },
  { title: 'the answer itself', answer: '"t"', token: [], sent: { authorization: 'Bearer t' } },
  { title: 'a number with all its digits', answer: '{"sid":12345678901234567890}', token: ['sid'], as: { header: 'X-Session' }, sent: { 'x-session': '12345678901234567890' } },
  { title: 'a header', answer: '{"token":"t"}', token: ['token'], as: { header: 'X-Auth' }, sent: { 'x-auth': 't' } },
]

describe('tap-rest auth login', () => {
  let api: Api
  afterEach(() => api.close())

  const start = async (answer: (issued: number) => ApiAnswer, faults: readonly FaultRule[] = []) => {
    let issued = 0
    const endpoints = {
      '/login': () => answer(++issued),
      '/items': ({ headers }: { headers: object }) =>
        'authorization' in headers && headers.authorization === `Bearer t${issued}` ? { body: '[]' } : { status: 401 },
    }
    api = await startApi({ endpoints, faults })
  }
  const plan = (more: Partial<LoginPlan> = {}): LoginPlan => ({
    kind: 'login',
    request: {
      method: 'POST',
      url: `${api.url}/login?v=1`,
      headers: { 'x-app': 'a' },
      body: { type: 'json', value: { user: 'u', password: 'p4ss' } },
    },
    token: ['token'],
    as: 'bearer',
    ...more,
  })

  for (const { title, answer, token, as = 'bearer', sent } of facts) {
    it(`finds ${title}`, async () => {
      await start(() => ({ body: answer }))
      const { request } = await openAuth(plan({ token, as }), authParts()).authorize(get(api.url))
      expect(request.headers).to.deep.equal(sent)
      expect(api.calls[0]).to.include({ method: 'POST', path: '/login', body: '{"user":"u","password":"p4ss"}' })
      expect(api.calls[0]?.headers).to.include({ 'x-app': 'a', 'content-type': 'application/json' })
    })
  }

  it('logs in once for many requests, again after its time and after a 401', async () => {
    await start((issued) => ({ body: `{"token":"t${issued}"}` }), [{ path: '/login', fault: { headersAfterMs: 20 } }])
    let now = 0
    const auth = openAuth(plan({ ttl: 600 }), authParts({ clock: () => now }))
    const all = async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => call(auth, get(`${api.url}/items`))))
      expect(answers.map((answer) => answer.status)).to.deep.equal(Array.from({ length: 8 }, () => 200))
      return api.count('/login')
    }
    expect(await all()).to.equal(1)
    now = 539_000
    expect(await all()).to.equal(1)
    now = 541_000
    expect(await all()).to.equal(2)
    await openAuth(plan(), authParts()).authorize(get(api.url))
    expect(await all(), 'after another one logged in').to.equal(4)
  })

  // biome-ignore format: one fact a line
  const refused: [what: string, answer: ApiAnswer, message: RegExp][] = [
    ['a wrong password', { status: 401, body: '{"message":"no p4ss"}' }, /log in at http:\/\/[^ ]*\/login\?v: refused with 401; check auth.login$/],
    ['an answer without a token', { body: '{"other":"x"}' }, /the answer holds no text at \$\.token; check auth.login.token$/],
    ['a token that is none', { body: '{"token":{}}' }, /the answer holds no text at \$\.token/],
    ['an empty token', { body: '{"token":""}' }, /the answer holds no text at \$\.token/],
    ['an answer that is no JSON', { body: '<html>' }, /the answer holds no text at \$\.token/],
  ]
  for (const [what, answer, message] of refused) {
    it(`says what to do about ${what}, and asks once`, async () => {
      await start(() => answer)
      const auth = openAuth(plan(), authParts())
      const text = await failure(auth.authorize(get(api.url)))
      expect(text).to.match(message).and.to.not.include('p4ss')
      await failure(auth.authorize(get(api.url)))
      expect(api.calls).to.have.length(1)
    })
  }

  it('tries again when the server fails, and hides the token', async () => {
    await start(() => ({ body: '{"token":"hidden-token"}' }), [{ times: 1, fault: status(502) }])
    const parts = authParts()
    await openAuth(plan(), parts).authorize(get(api.url))
    parts.log.info('hidden-token')
    expect(parts.log.lines.at(-1)).to.equal('INFO ***')
  })
})
