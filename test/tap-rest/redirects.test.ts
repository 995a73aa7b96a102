import { expect } from 'chai'
import { SourceError } from '../../singer/index.js'
import { bearerAuth, bodyOf, get, type Respond, send, serve, type TestServer } from './sending.js'

describe('tap-rest redirects', () => {
  let server: TestServer
  let other: TestServer
  let respond: Respond
  beforeEach(async () => {
    server = await serve((...request) => respond(...request))
    other = await serve(async (request, response) => {
      response.end(JSON.stringify({ headers: request.headers, body: await bodyOf(request) }))
    })
  })
  afterEach(async () => {
    await server.close()
    await other.close()
  })

  const to =
    (code: number, location: string | ((url: string) => string)): Respond =>
    async (request, response) => {
      const body = await bodyOf(request)
      const { url = '/' } = request
      if (url !== '/' && typeof location === 'string') {
        return response.end(JSON.stringify({ method: request.method, headers: request.headers, body }))
      }
      return response.writeHead(code, { location: typeof location === 'string' ? location : location(url) }).end()
    }

  const methods: readonly (readonly [code: number, method: string, then: string])[] = [
    [301, 'GET', 'GET'],
    [301, 'POST', 'GET'],
    [301, 'PUT', 'PUT'],
    [302, 'HEAD', 'HEAD'],
    [302, 'POST', 'GET'],
    [302, 'DELETE', 'DELETE'],
    [303, 'GET', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [307, 'POST', 'POST'],
    [307, 'GET', 'GET'],
    [308, 'POST', 'POST'],
    [308, 'PUT', 'PUT'],
  ]
  for (const [code, method, then] of methods) {
    const keepsBody = then === 'POST' || then === 'PUT'
    it(`${code} makes of ${method} a ${then}${keepsBody ? ' with its body' : ''}`, async () => {
      respond = to(code, '/there?page=2')
      const hasBody = method === 'POST' || method === 'PUT'
      const request = { ...get(server.url, { 'x-own': 'mine' }), method }
      const sent = hasBody ? { ...request, body: { type: 'json' as const, value: { a: 1 } } } : request
      const { answer, failure } = await send(sent, { auth: bearerAuth() })
      expect(failure).to.equal(undefined)
      expect(server.requests).to.deep.equal([`${method} /`, `${then} /there?page=2`])
      expect(answer?.response.url.href).to.equal(`${server.url}/there?page=2`)
      if (then === 'HEAD') return
      const seen = JSON.parse(answer?.response.body.toString() ?? '')
      expect(seen.method).to.equal(then)
      expect(seen.body).to.equal(keepsBody ? '{"a":1}' : '')
      expect(seen.headers['content-type']).to.equal(keepsBody ? 'application/json' : undefined)
      expect(seen.headers).to.include({ 'x-own': 'mine', authorization: 'Bearer token-1' })
    })
  }

  it('a circle ends the stream', async () => {
    respond = to(302, (url) => (url === '/a' ? '/b' : '/a'))
    const { failure } = await send(get(`${server.url}/a`))
    expect(failure?.message).to.equal(`issues: GET ${server.url}/b: redirects in a circle`)
    expect(server.requests).to.deep.equal(['GET /a', 'GET /b'])
  })

  it('a redirect to itself after a POST is none: the answer to a form is read where it was sent', async () => {
    respond = (request, response) =>
      request.method === 'POST' ? response.writeHead(303, { location: '/' }).end() : response.end('[]')
    const { answer } = await send({ ...get(server.url), method: 'POST' })
    expect(answer?.response.status).to.equal(200)
  })

  it('ten are followed, the eleventh ends the stream', async () => {
    const upTo = (last: number) => (request: string) =>
      `/${Number(request.slice(1)) + 1 > last ? 'end' : Number(request.slice(1)) + 1}`
    respond = (request, response, count) =>
      request.url === '/end' ? response.end('[]') : to(302, upTo(9))(request, response, count)
    expect((await send(get(`${server.url}/0`))).answer?.response.status).to.equal(200)
    respond = to(302, upTo(99))
    const { failure } = await send(get(`${server.url}/0`))
    expect(failure?.message).to.equal(`issues: GET ${server.url}/10: more than 10 redirects`)
  })

  it('without a location it is a failure like any other', async () => {
    respond = (_, response) => response.writeHead(302).end()
    expect((await send(get(server.url))).failure?.message).to.match(/answered 302; check/)
  })

  it('a location in UTF-8 leads where browsers go', async () => {
    respond = (request, response) =>
      request.url === '/'
        ? response.writeHead(302, { location: Buffer.from('/é?q=ü').toString('latin1') }).end()
        : response.end('[]')
    const { answer } = await send(get(server.url))
    expect(answer?.response.url.pathname).to.equal('/%C3%A9')
    expect(server.requests).to.deep.equal(['GET /', 'GET /%C3%A9?q=%C3%BC'])
  })

  it('a failure behind it is repeated from the beginning', async () => {
    respond = (request, response, count) =>
      request.url === '/'
        ? response.writeHead(302, { location: '/there' }).end()
        : response.writeHead(count < 4 ? 503 : 200).end('[]')
    const { answer } = await send(get(server.url))
    expect(answer?.response.status).to.equal(200)
    expect(server.requests).to.deep.equal(['GET /', 'GET /there', 'GET /', 'GET /there'])
  })

  const strangers: readonly (readonly [title: string, location: () => string, named: RegExp])[] = [
    ['port', () => `${other.url}/x?token=hush`, /http:\/\/127\.0\.0\.1:\d+ is not followed/],
    ['host', () => `http://localhost:${other.port}/x?token=hush`, /http:\/\/localhost:\d+ is not followed/],
    ['scheme', () => `https://127.0.0.1:${other.port}/`, /https:\/\/127\.0\.0\.1:\d+ is not followed/],
    ['scheme that is not HTTP', () => 'file:///etc/passwd', /file: is not followed/],
    ['host without a scheme', () => `//localhost:${other.port}/`, /http:\/\/localhost:\d+ is not followed/],
    [
      'host in a number',
      () => `http://2130706433:${other.port}@localhost:${other.port}/`,
      /localhost:\d+ is not followed/,
    ],
  ]
  for (const [title, location, named] of strangers) {
    it(`to another ${title} ends the stream, nothing is sent there, and its query is not printed`, async () => {
      respond = to(302, location)
      const { failure } = await send(get(`${server.url}/a`), { auth: bearerAuth() })
      expect(failure).to.be.instanceOf(SourceError)
      expect(failure?.message).to.match(named)
      expect(failure?.message).not.to.include('hush')
      expect(other.requests).to.deep.equal([])
      expect(server.requests).to.have.length(1)
    })
  }

  it('to a host of allow_hosts is followed, without credentials', async () => {
    respond = to(302, () => `${other.url}/file?signature=1`)
    const request = get(`${server.url}/a`, { cookie: 'session', authorization: 'Basic x', 'x-own': 'mine' })
    for (const auth of [bearerAuth(), undefined]) {
      const { answer, failure } = await send(request, {
        ...(auth && { auth }),
        connection: { allowHosts: [other.host] },
      })
      expect(failure).to.equal(undefined)
      const { headers } = JSON.parse(answer?.response.body.toString() ?? '')
      expect(headers).to.include({ 'x-own': 'mine', host: other.host })
      expect(headers).not.to.have.any.keys('authorization', 'cookie')
    }
  })
})
