import { expect } from 'chai'
import { openAuth, openAuths } from '../../tap-rest/auth/auth.js'
import type { HttpRequest } from '../../tap-rest/http/http.js'
import type { AuthPlan } from '../../tap-rest/settings/plan.js'
import { authParts, failure, get } from './authorizing.js'

const bare = get('https://api.example/items')
const post: HttpRequest = { method: 'POST', url: new URL('https://api.example/items'), headers: {} }
const key = (place: 'header' | 'query' | 'cookie' | 'body', name = 'k', value = 'v') =>
  ({ kind: 'api_key', name, value, in: place }) as const

interface Fact {
  readonly title: string
  readonly plan: AuthPlan
  readonly request?: HttpRequest
  readonly sent: { readonly url?: string; readonly headers?: object; readonly body?: object }
}

// biome-ignore format: one fact a line
const facts: readonly Fact[] = [
  { title: 'none', plan: { kind: 'none' }, sent: {} },
  { title: 'bearer', plan: { kind: 'bearer', token: 'abc' }, sent: { headers: { authorization: 'Bearer abc' } } },
  { title: 'bearer from a file with a line feed at its end', plan: { kind: 'bearer', token: 'abc\n' }, sent: { headers: { authorization: 'Bearer abc' } } },
  { title: 'basic', plan: { kind: 'basic', user: 'Aladdin', password: 'open sesame' }, sent: { headers: { authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' } } },
  { title: 'basic in UTF-8, as RFC 7617 §2.1 has it', plan: { kind: 'basic', user: 'test', password: '123£' }, sent: { headers: { authorization: 'Basic dGVzdDoxMjPCow==' } } },
  { title: 'API key in a header', plan: key('header', 'X-Api-Key'), sent: { headers: { 'x-api-key': 'v' } } },
  { title: 'API key in the query', plan: key('query', 'api key', 'a&b'), sent: { url: 'https://api.example/items?api%20key=a%26b' } },
  { title: 'API key beside other parameters, which stay as they are written', plan: key('query'), request: get("https://api.example/items?$filter=a%20eq%20'b'&q=a+b"), sent: { url: 'https://api.example/items?$filter=a%20eq%20%27b%27&q=a+b&k=v' } },
  { title: 'API key that a next link repeats, once', plan: key('query', 'api_key', 'mine'), request: get('https://api.example/items?api_key=***&page=2'), sent: { url: 'https://api.example/items?page=2&api_key=mine' } },
  { title: 'API key in a cookie', plan: key('cookie'), sent: { headers: { cookie: 'k=v' } } },
  { title: 'API key beside other cookies', plan: key('cookie'), request: get(bare.url.href, { cookie: 'a=b' }), sent: { headers: { cookie: 'a=b; k=v' } } },
  { title: 'API key in a JSON body', plan: key('body'), request: { ...post, body: { type: 'json', value: { a: [1] } } }, sent: { body: { type: 'json', value: { a: [1], k: 'v' } } } },
  { title: 'API key in a form', plan: key('body'), request: { ...post, body: { type: 'form', value: { a: '1' } } }, sent: { body: { type: 'form', value: { a: '1', k: 'v' } } } },
  { title: 'API key as the whole body', plan: key('body'), request: post, sent: { body: { type: 'json', value: { k: 'v' } } } },
]

describe('tap-rest auth', () => {
  for (const { title, plan, request = bare, sent } of facts) {
    it(title, async () => {
      const auth = openAuth(plan, authParts())
      const before = structuredClone({ ...request, url: request.url.href })
      const authorized = await auth.authorize(request)
      expect({ ...authorized.request, url: authorized.request.url.href }).to.deep.equal({
        ...before,
        ...sent,
        headers: { ...before.headers, ...sent.headers },
      })
      expect({ ...request, url: request.url.href }, 'the request itself').to.deep.equal(before)
      expect(await auth.renew(authorized)).to.equal(false)
    })
  }

  for (const body of [{ type: 'raw', value: '<a/>' } as const, { type: 'json', value: [1] } as const]) {
    it(`an API key does not fit into a body that is ${JSON.stringify(body.value)}`, async () => {
      const auth = openAuth(key('body'), authParts())
      expect(await failure(auth.authorize({ ...post, body }))).to.equal(
        'ConfigError: put the API key k into the body of POST https://api.example/items: it has no fields; send the key elsewhere',
      )
    })
  }

  it('an API key does not fit into a cookie when a semicolon would end it', async () => {
    const auth = openAuth(key('cookie', 'k', 'a;b'), authParts())
    expect(await failure(auth.authorize(bare))).to.equal(
      'ConfigError: auth: the value of the cookie k holds a semicolon, where it would end: encode it',
    )
  })

  it('credentials of basic are in no log line, in whatever place of it', async () => {
    const parts = authParts()
    openAuth({ kind: 'basic', user: 'u', password: 'secret' }, parts)
    parts.log.info('sent Basic dTpzZWNyZXQ=')
    expect(parts.log.lines).to.deep.equal(['INFO sent Basic ***'])
  })

  it('equal settings share their credentials, others do not', () => {
    const authOf = openAuths(authParts())
    const bearer = authOf({ kind: 'bearer', token: 'a' })
    expect(authOf({ kind: 'bearer', token: 'a' })).to.equal(bearer)
    expect(authOf({ kind: 'bearer', token: 'b' })).to.not.equal(bearer)
  })
})
