import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openAuths } from '../../tap-rest/auth/auth.js'
import { type Client, openClient } from '../../tap-rest/http/client.js'
import { openTransport } from '../../tap-rest/http/transport.js'
import type { OAuth2Plan } from '../../tap-rest/settings/plan.js'
import { status } from '../support/api-server.js'
import { authParts, failure, get, type TestParts } from './authorizing.js'
import { connectionTo, policyOf } from './sending.js'
import { type RotatingOptions, type RotatingServer, startRotatingServer } from './token-server.js'

describe('tap-rest auth and client', () => {
  let server: RotatingServer
  let client: Client
  let parts: TestParts
  let folder: string
  let auth: OAuth2Plan
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tokens-'))
  })
  afterEach(async () => {
    await client.close()
    await server.close()
    await rm(folder, { recursive: true })
  })

  const start = async (options: RotatingOptions) => {
    server = await startRotatingServer(options)
    parts = authParts({ tokenStore: join(folder, 'tokens.json') })
    auth = {
      kind: 'oauth2',
      grant: 'refresh_token',
      tokenUrl: `${server.url}/token`,
      refreshToken: 'refresh-0',
      extras: {},
      headers: {},
      authStyle: 'body',
    }
    const connection = connectionTo(server.url)
    const transport = openTransport(connection, parts.context)
    const authOf = openAuths({ ...parts, send: transport.send })
    client = openClient(connection, { context: parts.context, authOf, transport })
  }
  const item = (stream: string) => client.send(get(`${server.url}/items`), policyOf({ stream, auth: { ...auth } }))

  it('tokens that end in the midst of many requests of several streams are renewed once each, and nothing fails', async () => {
    await start({ uses: 30 })
    for (let round = 0; round < 25; round++) {
      const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => item(`stream-${i % 3}`)))
      expect(answers.map(({ response }) => response.status)).to.deep.equal(answers.map(() => 200))
    }
    expect(server.isLocked).to.equal(false)
    expect(server.refreshes).to.be.within(7, 9)
    expect(parts.log.lines.join('\n')).to.not.match(/access-\d|refresh-\d/)
  })

  it("a token server that is down for longer than a few attempts: the stream's own attempts follow", async () => {
    await start({ faults: [{ path: '/token', times: 5, fault: status(503) }] })
    expect((await item('items')).response.status).to.equal(200)
    expect(server.count('/token')).to.equal(6)
    expect(server.count('/items')).to.equal(1)
  })

  it('a refresh token that is refused ends each stream at once, with what to do', async () => {
    await start({})
    auth = { ...auth, refreshToken: 'refresh-old' }
    for (const stream of ['one', 'two']) {
      const text = await failure(item(stream))
      expect(text).to.match(new RegExp(`^SourceError: ${stream}: get a token from .*invalid_grant.* set refresh_token`))
    }
    expect(server.calls.map(({ path }) => path)).to.deep.equal(['/token'])
  })

  it('credentials that are not enough are renewed once, then the stream fails', async () => {
    await start({ uses: 0 })
    expect(await failure(item('items'))).to.match(/items: GET .*\/items answered 401; check auth/)
    expect(server.refreshes).to.equal(2)
  })
})
