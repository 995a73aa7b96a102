import { createServer } from 'node:net'
import { expect } from 'chai'
import { type Json, SourceError } from '../../singer/index.js'
import type { SendPolicy } from '../../tap-rest/http/client.js'
import type { Resolve } from '../../tap-rest/http/private-networks.js'
import { openTransport } from '../../tap-rest/http/transport.js'
import type { ErrorRule } from '../../tap-rest/settings/plan.js'
import {
  bearerAuth,
  bodyOf,
  connectionTo,
  get,
  policyOf,
  type Respond,
  rule,
  send,
  serve,
  type TestServer,
  testContext,
  withClient,
} from './sending.js'

const ok: Respond = (_, response) => response.end('{"ok":true}')
/** This answer so often, then a good one. */
const failing =
  (times: number, fail: Respond): Respond =>
  (request, response, count) =>
    count <= times ? fail(request, response, count) : ok(request, response, count)
const status =
  (code: number, headers: Readonly<Record<string, string>> = {}, body = 'a body that nobody may print'): Respond =>
  (_, response) =>
    response.writeHead(code, headers).end(body)

describe('tap-rest client', () => {
  let server: TestServer
  let respond: Respond
  beforeEach(async () => {
    respond = ok
    server = await serve((...request) => respond(...request))
  })
  afterEach(() => server.close())

  it('gives the answer: status, headers, URL, body', async () => {
    respond = (_, response) => response.setHeader('x-a', ['1', '2']).end('[1]')
    const { answer, failure } = await send(get(`${server.url}/a?b=1`))
    expect(failure).to.equal(undefined)
    expect(answer?.outcome).to.equal('ok')
    expect(answer?.response.status).to.equal(200)
    expect(answer?.response.headers['x-a']).to.equal('1, 2')
    expect(answer?.response.url.href).to.equal(`${server.url}/a?b=1`)
    expect(answer?.response.body.toString()).to.equal('[1]')
  })

  for (const [name, value] of [
    ['x-a', 'a\nb: c'],
    ['x-a', 'é'],
    ['x-a', 'a\u0000'],
    ['x a', 'b'],
  ] as const) {
    it(`sends no header ${JSON.stringify(`${name}: ${value}`)}`, async () => {
      const { failure } = await send(get(server.url, { [name]: value }))
      expect(failure).to.be.instanceOf(SourceError)
      expect(failure?.message).to.match(/the value of the header x-a holds|the header name "x a" is none/)
      expect(failure?.message).not.to.contain('b: c')
      expect(server.requests).to.deep.equal([])
    })
  }

  it('keeps connections for the next requests', async () => {
    const ports = new Set<number | undefined>()
    respond = (request, response) => response.end(String(ports.add(request.socket.remotePort)))
    await withClient(server.url, {}, async (client) => {
      for (let page = 0; page < 20; page++) await client.send(get(`${server.url}/${page}`), policyOf())
    })
    expect(ports.size).to.be.below(4)
  })

  it('logs each attempt at debug level, without the values of the query', async () => {
    respond = failing(1, status(503))
    const { lines } = await send(get(`${server.url}/a?token=hush&b=1`))
    const attempts = lines.filter(({ level, message }) => level === 'debug' && message === 'answered')
    expect(attempts.map(({ fields }) => ({ ...fields, ms: typeof fields.ms }))).to.deep.equal([
      { stream: 'issues', method: 'GET', url: `${server.url}/a?token&b`, status: 503, ms: 'number', bytes: 28 },
      { stream: 'issues', method: 'GET', url: `${server.url}/a?token&b`, status: 200, ms: 'number', bytes: 11 },
    ])
  })

  describe('repeats', () => {
    const passing: readonly (readonly [title: string, Respond])[] = [
      ...[408, 425, 429, 500, 502, 503, 504, 599].map((code) => [String(code), status(code)] as const),
      ['429 with Retry-After', status(429, { 'retry-after': '1' })],
      ['503 with Retry-After', status(503, { 'retry-after': '1' })],
      ['403 with Retry-After', status(403, { 'retry-after': '1' })],
      ['403 with nothing left', status(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' })],
      ['a reset before the answer', ({ socket }) => socket.resetAndDestroy()],
      ['a connection closed before the answer', ({ socket }) => socket.destroy()],
      ['an answer that is no HTTP', ({ socket }) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    ]
    for (const [title, fail] of passing) {
      it(`a safe request after ${title}`, async () => {
        respond = failing(1, fail)
        const { answer, failure, ms, lines } = await send(get(server.url))
        expect(failure).to.equal(undefined)
        expect(answer?.response.status).to.equal(200)
        expect(server.requests).to.have.length(2)
        if (title.includes('Retry-After') || title.includes('nothing left')) expect(ms).to.be.within(950, 2_500)
        expect(JSON.stringify(lines)).not.to.match(/error|exception/i)
      })

      it(`never a request with safe: false after ${title}`, async () => {
        respond = failing(1, fail)
        const { failure } = await send({ ...get(server.url), method: 'POST' }, { policy: { isSafe: false } })
        expect(failure).to.be.instanceOf(SourceError)
        expect(failure?.message).to.include('not repeated since safe is false')
        expect(server.requests).to.deep.equal(['POST /'])
      })
    }

    for (const code of [300, 304, 400, 402, 403, 404, 405, 409, 410, 418, 422]) {
      it(`nothing after ${code}`, async () => {
        respond = status(code)
        const { failure } = await send(get(server.url))
        expect(failure?.message).to.match(new RegExp(`^issues: GET ${server.url}/ answered ${code}; `))
        expect(server.requests).to.have.length(1)
      })
    }

    for (const code of [200, 201, 202, 203, 206]) {
      it(`nothing after ${code}, which is good`, async () => {
        respond = status(code)
        expect((await send(get(server.url))).answer?.response.status).to.equal(code)
      })
    }

    it('as often as attempts says, then fails with what was last', async () => {
      respond = status(502, { 'x-request-id': 'r-5f' })
      const { failure, lines } = await send(get(`${server.url}/a?token=hush`))
      expect(failure).to.be.instanceOf(SourceError)
      expect(failure?.message).to.equal(
        `issues: GET ${server.url}/a?token answered 502 (x-request-id r-5f), the last of 3 attempts; the service failed: run again later`,
      )
      expect(server.requests).to.have.length(3)
      expect(lines.filter(({ level }) => level === 'warning').map(({ fields }) => fields.attempt)).to.deep.equal([1, 2])
    })

    it('the body, too', async () => {
      const bodies: string[] = []
      respond = async (request, response, count) => {
        bodies.push(await bodyOf(request))
        await failing(2, status(500))(request, response, count)
      }
      const { answer } = await send({ ...get(server.url), method: 'POST', body: { type: 'json', value: { a: 1 } } })
      expect(answer?.response.status).to.equal(200)
      expect(bodies).to.deep.equal(['{"a":1}', '{"a":1}', '{"a":1}'])
    })

    it('any request when the connection is refused: nobody has got it', async () => {
      const { port } = server
      await server.close()
      const late = setTimeout(() => void reopened.listen(port, '127.0.0.1'), 150)
      const reopened = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]'))
      const retry = { ...policyOf().retry, attempts: 50, firstMs: 50, maxMs: 50 }
      const { answer, failure } = await send(
        { ...get(server.url), method: 'POST' },
        { policy: { isSafe: false, retry } },
      )
      clearTimeout(late)
      reopened.close()
      expect(failure).to.equal(undefined)
      expect(answer?.response.status).to.equal(200)
    })

    it('says what to do when nothing listens', async () => {
      await server.close()
      const { failure } = await send(get(server.url))
      expect(failure?.message).to.equal(
        `issues: GET ${server.url}/: connection refused; check base_url, and that the server listens there, the last of 3 attempts`,
      )
    })
  })

  describe('times out', () => {
    const timeoutMs = { connect: 300, headers: 300, bodyIdle: 300 }
    const slow: readonly (readonly [title: string, Respond, setting: string])[] = [
      ['headers that do not come', () => undefined, 'timeout.headers'],
      ['a body that stalls', (_, response) => response.write('[1,'), 'timeout.body_idle'],
    ]
    for (const [title, stall, setting] of slow) {
      it(`${title}, and asks again`, async () => {
        respond = failing(1, stall)
        const { answer, failure } = await send(get(server.url), { connection: { timeoutMs } })
        expect(failure).to.equal(undefined)
        expect(answer?.response.body.toString()).to.equal('{"ok":true}')
      })

      it(`${title}, and names the setting in the end`, async () => {
        respond = stall
        const { failure, ms } = await send(get(server.url), { connection: { timeoutMs } })
        expect(failure?.message).to.include(setting)
        expect(ms).to.be.within(850, 4_000)
      })
    }

    it('never while bytes keep coming', async () => {
      respond = async (_, response) => {
        for (let part = 0; part < 6; part++) {
          response.write(' ')
          await new Promise((resolve) => setTimeout(resolve, 100))
        }
        response.end('[]')
      }
      const { answer } = await send(get(server.url), { connection: { timeoutMs } })
      expect(answer?.response.body.toString().trim()).to.equal('[]')
      expect(server.requests).to.have.length(1)
    })
  })

  describe('waits', () => {
    it('until a date of Retry-After', async () => {
      respond = failing(1, (_, response) => {
        response.writeHead(429, { 'retry-after': new Date(Date.now() + 2_000).toUTCString() }).end()
      })
      const { answer, ms } = await send(get(server.url))
      expect(answer?.response.status).to.equal(200)
      expect(ms).to.be.within(900, 3_500)
    })

    it('as long as wait_from says, and extra', async () => {
      respond = failing(1, status(429, {}, '{"retry_in":0.5}'))
      const retry = { ...policyOf().retry, waitFrom: 'body.retry_in', extraMs: 300 }
      const { ms } = await send(get(server.url), { policy: { retry } })
      expect(ms).to.be.within(790, 2_000)
    })

    it('never longer than max_wait: the stream ends and names the time', async () => {
      respond = status(429, { 'retry-after': '3600' })
      const { failure, ms } = await send(get(server.url))
      expect(ms).to.be.below(1_000)
      const until = /until (\S+), in 60 min, and retry.max_wait is 5 s/.exec(failure?.message ?? '')?.[1] ?? ''
      expect(Date.parse(until) - Date.now()).to.be.within(3_590_000, 3_601_000)
      expect(server.requests).to.have.length(1)
    })

    it('before the next request to a host that has said that nothing is left', async () => {
      respond = (_, response, count) =>
        response.writeHead(200, count === 1 ? { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' } : {}).end('[]')
      await withClient(server.url, {}, async (client, { lines }) => {
        const began = performance.now()
        await client.send(get(server.url), policyOf())
        expect(performance.now() - began).to.be.below(500)
        await client.send(get(server.url), policyOf({ stream: 'other' }))
        expect(performance.now() - began).to.be.within(950, 2_500)
        expect(lines.filter(({ level }) => level === 'info').map(({ fields }) => fields)).to.deep.equal([
          { stream: 'other', host: server.host, seconds: 1 },
        ])
      })
    })

    it('with all streams of the host when one is told to', async () => {
      respond = (_, response, count) =>
        count === 1 ? response.writeHead(429, { 'retry-after': '1' }).end() : response.end('[]')
      await withClient(server.url, {}, async (client) => {
        const first = client.send(get(`${server.url}/a`), policyOf())
        while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
        await new Promise((resolve) => setTimeout(resolve, 100))
        const began = performance.now()
        await Promise.all([first, client.send(get(`${server.url}/b`), policyOf({ stream: 'other' }))])
        expect(performance.now() - began).to.be.within(700, 2_500)
        expect(server.requests).to.have.members(['GET /a', 'GET /a', 'GET /b'])
      })
    })

    it('and names the time when the host is spent for longer than max_wait', async () => {
      respond = status(200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3600' })
      await withClient(server.url, {}, async (client) => {
        await client.send(get(server.url), policyOf())
        const failure = await client.send(get(server.url), policyOf()).catch((problem: unknown) => problem)
        expect(failure).to.be.instanceOf(SourceError)
        expect(String(failure)).to.match(/issues: GET .* the limit of requests is reached until 20/)
        expect(server.requests).to.have.length(1)
      })
    })
  })

  describe('401', () => {
    const takes =
      (token: string): Respond =>
      (request, response) =>
        request.headers.authorization === `Bearer ${token}` ? response.end('[]') : response.writeHead(401).end()

    it('renews the credentials once and repeats', async () => {
      respond = takes('token-2')
      const { answer } = await send(get(server.url), { auth: bearerAuth() })
      expect(answer?.response.status).to.equal(200)
      expect(server.requests).to.have.length(2)
    })

    it('fails when the new ones are refused, too', async () => {
      respond = takes('token-9')
      const auth = bearerAuth()
      const { failure } = await send(get(server.url), { auth })
      expect(failure?.message).to.match(/answered 401; check auth/)
      expect(auth.renewals()).to.equal(1)
      expect(server.requests).to.have.length(2)
    })

    it('fails at once when there are none to renew', async () => {
      respond = takes('token-9')
      const { failure } = await send(get(server.url))
      expect(failure?.message).to.match(/answered 401; check auth/)
      expect(server.requests).to.have.length(1)
    })

    it('repeats a request with safe: false, which was not carried out', async () => {
      respond = takes('token-2')
      const { answer } = await send(
        { ...get(server.url), method: 'POST' },
        { auth: bearerAuth(), policy: { isSafe: false } },
      )
      expect(answer?.response.status).to.equal(200)
    })

    it('renews once for eight requests under way', async () => {
      respond = (request, response) => setTimeout(() => takes('token-2')(request, response, 0), 50)
      const auth = bearerAuth()
      await withClient(server.url, { auth }, async (client) => {
        const pages = Array.from({ length: 8 }, (_, page) => client.send(get(`${server.url}/${page}`), policyOf()))
        for (const { response } of await Promise.all(pages)) expect(response.status).to.equal(200)
      })
      expect(auth.renewals()).to.equal(1)
      expect(server.requests).to.have.length(16)
    })
  })

  describe('rules of errors', () => {
    const body = (name: string) => (facts: { body(): Json }) => {
      const value = facts.body()
      return typeof value === 'object' && value !== null && name in value
        ? ((value as Record<string, Json>)[name] ?? null)
        : null
    }
    const when404 = (then: ErrorRule['then']) => rule(then, 'status == 404', (facts) => facts.status === 404)
    const rows: readonly (readonly [then: ErrorRule['then'], outcome: string, requests: number])[] = [
      ['ignore', 'ignore', 1],
      ['stop', 'stop', 1],
      ['reset_pagination', 'reset_pagination', 1],
      ['retry', 'ok', 2],
      ['rate_limited', 'ok', 2],
      ['refresh_token', 'ok', 2],
    ]
    for (const [then, outcome, requests] of rows) {
      it(`${then} makes of a 404 ${outcome} after ${requests} request(s)`, async () => {
        respond = failing(1, status(404))
        const { answer, failure } = await send(get(server.url), {
          policy: { errors: [when404(then)] },
          auth: bearerAuth(),
        })
        expect(failure).to.equal(undefined)
        expect(answer?.outcome).to.equal(outcome)
        expect(server.requests).to.have.length(requests)
      })
    }

    for (const then of ['fail', 'retry', 'rate_limited', 'refresh_token'] as const) {
      it(`${then} of an answer that stays so ends the stream and names the rule`, async () => {
        respond = status(404)
        const { failure } = await send(get(server.url), { policy: { errors: [when404(then)] }, auth: bearerAuth() })
        expect(failure?.message).to.match(
          new RegExp(`answered 404(, the last of 3 attempts)?; errors say ${then} when status == 404$`),
        )
        expect(server.requests.length).to.equal({ fail: 1, retry: 3, rate_limited: 3, refresh_token: 2 }[then])
      })
    }

    it('the first that matches counts', async () => {
      respond = status(404)
      const errors = [rule('fail', 'status == 500', () => false), when404('ignore'), when404('fail')]
      expect((await send(get(server.url), { policy: { errors } })).answer?.outcome).to.equal('ignore')
    })

    it('none that matches: the status counts', async () => {
      respond = failing(1, status(500))
      expect((await send(get(server.url), { policy: { errors: [when404('ignore')] } })).answer?.outcome).to.equal('ok')
    })

    it('look into a 200, too', async () => {
      respond = status(200, {}, '{"error":"no such thing"}')
      const errors = [rule('fail', 'body.error', body('error'))]
      const { failure } = await send(get(server.url), { policy: { errors } })
      expect(failure?.message).to.match(/answered 200; errors say fail when body.error$/)
    })

    it('read the body once at most, and only when they look at it', async () => {
      let reads = 0
      const policy: Partial<SendPolicy> = {
        errors: [when404('ignore'), rule('fail', 'body.a', body('a')), rule('fail', 'body.b', body('b'))],
        body: () => {
          reads++
          return {}
        },
      }
      respond = (_, response, count) => response.writeHead(count === 1 ? 404 : 200).end('{}')
      await send(get(server.url), { policy })
      expect(reads).to.equal(0)
      await send(get(server.url), { policy })
      expect(reads).to.equal(1)
    })

    it('do not match a body that cannot be read: the status counts', async () => {
      respond = failing(1, status(502, {}, '<html>Bad gateway</html>'))
      const policy: Partial<SendPolicy> = {
        errors: [rule('fail', 'body.error', body('error'))],
        body({ body: bytes }) {
          if (bytes[0] === 0x3c) throw new SourceError('no JSON')
          return {}
        },
      }
      const { answer } = await send(get(server.url), { policy })
      expect(answer?.outcome).to.equal('ok')
      expect(server.requests).to.have.length(2)
    })
  })

  describe('an aborted run', () => {
    const stalls: readonly (readonly [title: string, Respond])[] = [
      ['the headers', () => undefined],
      ['the body', (_, response) => response.write('[')],
      ['the next attempt', status(503, { 'retry-after': '4' })],
      ['the credentials', status(401)],
    ]
    for (const [title, stall] of stalls) {
      for (const by of ['the run', 'whoever asked'] as const) {
        it(`by ${by} ends at once while waiting for ${title}`, async () => {
          respond = stall
          const abort = new AbortController()
          const reason = new Error('stopped')
          setTimeout(() => abort.abort(reason), 150)
          const auth = {
            ...bearerAuth(),
            renew: () =>
              new Promise<boolean>((_, reject) => abort.signal.addEventListener('abort', () => reject(reason))),
          }
          const run = by === 'the run' ? { signal: abort.signal } : {}
          const began = performance.now()
          const problem = await withClient(server.url, { auth, ...run }, (client) =>
            client
              .send(get(server.url), policyOf(), by === 'the run' ? undefined : abort.signal)
              .catch((failure: unknown) => failure),
          )
          expect(problem).to.equal(reason)
          expect(performance.now() - began).to.be.within(100, 1_000)
        })
      }
    }

    it('ends at once while there is no connection yet', async () => {
      const abort = new AbortController()
      const never: Resolve = () => new Promise(() => undefined)
      const context = testContext(abort.signal)
      const transport = openTransport(connectionTo(server.url, { blockPrivateNetworks: true }), context, never)
      setTimeout(() => abort.abort(new Error('stopped')), 100)
      const began = performance.now()
      const problem = await transport.send(get('http://api.invalid')).catch((failure: unknown) => failure)
      await transport.close()
      expect(String(problem)).to.equal('Error: stopped')
      expect(performance.now() - began).to.be.below(1_000)
    })

    it('sends nothing any more', async () => {
      const signal = AbortSignal.abort(new Error('stopped'))
      expect((await send(get(server.url), { signal })).failure?.message).to.equal('stopped')
      expect(server.requests).to.deep.equal([])
    })
  })

  it('fifty requests at once leave no warning of the process', async () => {
    const warnings: string[] = []
    const note = (warning: Error) => warnings.push(warning.message)
    process.on('warning', note)
    const { signal } = new AbortController()
    await withClient(server.url, {}, async (client) => {
      for (const unwanted of [undefined, signal]) {
        await Promise.all(Array.from({ length: 50 }, () => client.send(get(server.url), policyOf(), unwanted)))
      }
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off('warning', note)
    expect(warnings).to.deep.equal([])
  })

  it('close ends what is under way', async () => {
    respond = () => undefined
    let failure: unknown
    await withClient(server.url, {}, async (client) => {
      const retry = { ...policyOf().retry, attempts: 1 }
      void client.send(get(server.url), policyOf({ retry })).catch((problem: unknown) => {
        failure = problem
      })
      while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(failure).to.be.instanceOf(SourceError)
  })

  it('no failure and no line of a log holds a value of the query, a header or a body; a body only at debug level', async () => {
    const secret = 'hush-hush-1234'
    const faults: readonly Respond[] = [
      status(404, { 'x-request-id': 'a' }, `you sent ${secret}`),
      status(500, {}, secret),
      status(429, { 'retry-after': '999999' }, secret),
      status(401, {}, secret),
      status(302, { location: `http://localhost:1/${secret}?x=${secret}` }),
      status(302, { location: `http://${secret}:${secret}@127.0.0.1:1/` }),
      status(302, { location: `http://[${secret}` }),
      ({ socket }) => socket.destroy(),
      ({ socket }) => socket.end(`${secret}\r\n\r\n`),
    ]
    for (const fault of faults) {
      respond = fault
      const request = get(`${server.url}/a?key=${secret}&${secret}#${secret}`, {
        authorization: secret,
        cookie: secret,
      })
      const { failure, lines } = await send({ ...request, method: 'POST', body: { type: 'json', value: { secret } } })
      expect(failure).to.be.instanceOf(SourceError)
      expect(failure?.message).not.to.include(secret)
      const loud = lines.filter(({ message }) => message !== 'body')
      expect(JSON.stringify(loud)).not.to.include(secret)
      expect(lines.filter(({ message }) => message === 'body').every(({ level }) => level === 'debug')).to.equal(true)
    }
  })

  it('the log at debug level has the beginning of an unexpected body: no control characters, no half words', async () => {
    respond = status(400, {}, `\u001b[31m\nbad\u0000 ${'x'.repeat(150)} ${'secret'.repeat(20)}`)
    const { lines } = await send(get(server.url))
    const begins = lines.find(({ message }) => message === 'body')?.fields.begins
    expect(begins).to.equal(` [31m bad  ${'x'.repeat(150)} `)
  })
})
