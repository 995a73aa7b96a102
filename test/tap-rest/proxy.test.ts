import { readFileSync } from 'node:fs'
import { get as ask, createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect } from 'chai'
import type { ConnectionPlan } from '../../tap-rest/settings/plan.js'
import { get, type Sent, send, serve, type TestServer } from './sending.js'

const pem = (name: string) => readFileSync(new URL(`../../../test/tap-mysql/tls/${name}.pem`, import.meta.url), 'utf8')

describe('tap-rest connections', () => {
  describe('with TLS', () => {
    let port = 0
    const server = createTlsServer(
      {
        cert: pem('by-address'),
        key: pem('by-address-key'),
        ca: pem('ca'),
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request, response) => response.end(String('authorized' in request.socket && request.socket.authorized)),
    )
    before(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      port = (server.address() as AddressInfo).port
    })
    after(() => {
      server.close()
      server.closeAllConnections()
    })
    const sendTls = (tls: ConnectionPlan['tls']) => send(get(`https://127.0.0.1:${port}`), { connection: { tls } })

    it('ca makes the server known', async () => {
      expect(textOf(await sendTls({ ca: pem('ca') }))).to.equal('false')
    })

    it('cert and key make the client known', async () => {
      expect(textOf(await sendTls({ ca: pem('ca'), cert: pem('client'), key: pem('client-key') }))).to.equal('true')
    })

    it('an unknown server ends the stream at once and names the setting', async () => {
      const { failure, lines } = await sendTls({})
      expect(failure?.message).to.match(/^issues: GET https:.*certificate.*; set ca to the certificate authority/)
      expect(lines.filter(({ level }) => level === 'warning')).to.deep.equal([])
    })

    it('PEM texts that are none end the stream at once and name the settings', async () => {
      expect((await sendTls({ ca: pem('ca'), cert: 'x', key: 'y' })).failure?.message).to.match(
        /check the PEM texts of ca, cert and key/,
      )
    })

    it('https where only http is spoken ends the stream at once', async () => {
      const plain = await serve((_, response) => response.end())
      const { failure, lines } = await send(get(plain.url.replace('http:', 'https:')))
      expect(failure?.message).to.include('check whether base_url begins with https or http')
      expect(lines.filter(({ level }) => level === 'warning')).to.deep.equal([])
      await plain.close()
    })

    it('goes through a proxy, which sees neither path nor headers', async () => {
      const proxy = await serveProxy()
      const { answer, failure } = await send(get(`https://127.0.0.1:${port}/a?b=1`), {
        connection: { tls: { ca: pem('ca'), cert: pem('client'), key: pem('client-key') }, proxy: proxy.url },
      })
      expect(failure).to.equal(undefined)
      expect(answer?.response.body.toString()).to.equal('true')
      expect(proxy.requests).to.deep.equal([`CONNECT 127.0.0.1:${port}`])
      await proxy.close()
    })
  })

  describe('with a proxy', () => {
    let server: TestServer
    let proxy: Proxy
    beforeEach(async () => {
      server = await serve((_, response) => response.end('[]'))
      proxy = await serveProxy()
    })
    afterEach(async () => {
      await server.close()
      await proxy.close()
    })
    const target = () => `${server.url}/a?b=1`

    it('`proxy` is asked for the whole URL, with its user and password', async () => {
      const withUser = proxy.url.replace('//', '//user:p%40ss@')
      expect(textOf(await send(get(target()), { connection: { proxy: withUser } }))).to.equal('[]')
      expect(proxy.requests).to.deep.equal([`GET ${target()}`])
      expect(proxy.credentials).to.deep.equal([`Basic ${Buffer.from('user:p@ss').toString('base64')}`])
    })

    const variables = ['http_proxy', 'HTTP_PROXY']
    for (const name of variables) {
      it(`${name} of the environment counts`, async () => {
        expect(textOf(await withEnv({ [name]: proxy.url }, () => send(get(target()))))).to.equal('[]')
        expect(proxy.requests).to.deep.equal([`GET ${target()}`])
      })
    }

    it('no_proxy of the environment counts, too', async () => {
      const env = { http_proxy: proxy.url, no_proxy: 'example.com,127.0.0.1' }
      expect(textOf(await withEnv(env, () => send(get(target()))))).to.equal('[]')
      expect(proxy.requests).to.deep.equal([])
    })

    it('a proxy that is away is asked again, then named by what to check', async () => {
      await proxy.close()
      const { failure, lines } = await send(get(target()), { connection: { proxy: proxy.url } })
      expect(failure?.message).to.match(/connection refused.*, the last of 3 attempts/)
      expect(lines.filter(({ level }) => level === 'warning')).to.have.length(2)
      proxy = await serveProxy()
    })

    it('a proxy that is no URL ends the stream at once, without its text', async () => {
      const env = { http_proxy: 'u:hush@proxy' }
      for (const { failure } of [
        await send(get(target()), { connection: { proxy: 'hush' } }),
        await withEnv(env, () => send(get(target()))),
      ]) {
        expect(failure?.message).to.match(/the proxy is no URL such as .* check proxy, or http_proxy/)
        expect(failure?.message).not.to.include('hush')
      }
    })

    it('a proxy that hangs ends with the timeout of the headers', async () => {
      await proxy.close()
      proxy = await serveProxy(() => undefined)
      for (const url of [target(), target().replace('http:', 'https:')]) {
        const timeoutMs = { connect: 300, headers: 300, bodyIdle: 300 }
        const { failure, ms } = await send(get(url), { connection: { proxy: proxy.url, timeoutMs } })
        expect(failure?.message).to.match(/no (answer|connection) in time/)
        expect(ms).to.be.below(10_000)
      }
    })

    it('an answer that stalls behind a proxy ends with the timeout of the body', async () => {
      const stalling = await serve((_, response) => response.write('[1,'))
      const timeoutMs = { connect: 300, headers: 2_000, bodyIdle: 300 }
      const { failure, ms } = await send(get(stalling.url), { connection: { proxy: proxy.url, timeoutMs } })
      expect(failure?.message).to.include('timeout.body_idle')
      expect(ms).to.be.below(10_000)
      await stalling.close()
    })

    it('block_private_networks looks at targets before the proxy is asked', async () => {
      for (const url of [target(), target().replace('127.0.0.1', 'localhost')]) {
        const { failure, lines } = await send(get(url), {
          connection: { proxy: proxy.url, blockPrivateNetworks: true },
        })
        expect(failure?.message).to.match(/is not a public address/)
        expect(lines[0]).to.deep.include({ level: 'warning' })
        expect(lines[0]?.message).to.match(/a proxy looks them up itself/)
      }
      expect(proxy.requests).to.deep.equal([])
    })
  })
})

function textOf({ answer, failure }: Sent): string | undefined {
  expect(failure).to.equal(undefined)
  return answer?.response.body.toString()
}

interface Proxy {
  readonly url: string
  readonly requests: readonly string[]
  readonly credentials: readonly (string | undefined)[]
  close(): Promise<void>
}

/** Tunnels, and forwards requests for whole URLs. */
async function serveProxy(tunnel: typeof tunnelTo = tunnelTo): Promise<Proxy> {
  const requests: string[] = []
  const credentials: (string | undefined)[] = []
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    note(request)
    if (tunnel !== tunnelTo) return
    ask(request.url ?? '', (answer) => {
      response.writeHead(answer.statusCode ?? 0).flushHeaders()
      answer.on('error', () => undefined).pipe(response)
    })
  })
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    note(request)
    tunnel(request, socket)
  })
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    credentials,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }

  function note(request: IncomingMessage): void {
    requests.push(`${request.method} ${request.url}`)
    credentials.push(request.headers['proxy-authorization'])
  }
}

function tunnelTo(request: IncomingMessage, socket: Socket): void {
  const [host, port] = (request.url ?? '').split(':')
  const target = connect(Number(port), host, () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    target.pipe(socket).pipe(target)
  })
  for (const end of [target, socket]) end.on('error', () => undefined)
}

async function withEnv<T>(env: Readonly<Record<string, string>>, use: () => Promise<T>): Promise<T> {
  const before = { ...process.env }
  Object.assign(process.env, env)
  try {
    return await use()
  } finally {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  }
}
