import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { openAuth } from '../../tap-rest/auth/auth.js'
import type { OAuth2Plan } from '../../tap-rest/settings/plan.js'
import { authParts, call, failure, get, type TestParts } from './authorizing.js'
import { type RotatingOptions, type RotatingServer, startRotatingServer } from './token-server.js'

const program = fileURLToPath(new URL('../fixtures/token-process.js', import.meta.url))

describe('tap-rest token store', () => {
  let server: RotatingServer
  let folder: string
  let store: string
  let children: ChildProcess[]
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tokens-'))
    store = join(folder, 'tokens.json')
    children = []
  })
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    await server.close()
    await rm(folder, { recursive: true })
  })

  const start = async (options: RotatingOptions = {}) => {
    server = await startRotatingServer(options)
  }
  const plan = (refreshToken = 'refresh-0'): OAuth2Plan => ({
    kind: 'oauth2',
    grant: 'refresh_token',
    tokenUrl: `${server.url}/token`,
    clientId: 'me',
    refreshToken,
    extras: {},
    headers: {},
    authStyle: 'body',
  })
  const open = (parts: TestParts = authParts({ tokenStore: store }), refreshToken?: string) =>
    openAuth(plan(refreshToken), parts)
  const items = () => get(`${server.url}/items`)
  const header = async (auth: ReturnType<typeof open>) => (await auth.authorize(items())).request.headers.authorization
  const stored = async () => Object.values<object>(JSON.parse(await readFile(store, 'utf8')).tokens)
  const run = (calls: number, tokenPath = '/token') => {
    const work = {
      plan: { ...plan(), tokenUrl: `${server.url}${tokenPath}` },
      tokenStore: store,
      url: `${server.url}/items`,
      calls,
    }
    const child = spawn(process.execPath, [program, JSON.stringify(work)], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    return child
  }

  it('holds the new tokens before the access token is given out, for its owner alone', async () => {
    await start({ expiresIn: 3600 })
    const clock = () => 1_000
    expect(await header(open(authParts({ tokenStore: store, clock })))).to.equal('Bearer access-1')
    expect(await stored()).to.deep.equal([
      { refresh_token: 'refresh-1', access_token: 'access-1', renew_at: 1_000 + 3_540_000 },
    ])
    expect((await stat(store)).mode & 0o777).to.equal(0o600)
    expect(await readdir(folder)).to.deep.equal(['tokens.json'])
  })

  it('the next run uses what is there: the access token while it lasts, then the refresh token', async () => {
    await start({ expiresIn: 3600 })
    let now = 0
    const next = () => header(open(authParts({ tokenStore: store, clock: () => now })))
    expect(await next()).to.equal('Bearer access-1')
    expect(await next()).to.equal('Bearer access-1')
    now = 3_540_000
    expect(await next()).to.equal('Bearer access-2')
    now *= 2
    expect(await next()).to.equal('Bearer access-3')
    expect(server.isLocked).to.equal(false)
  })

  it('a refresh token that is newly set wins', async () => {
    await start()
    await header(open())
    const text = await failure(header(open(undefined, 'refresh-new')))
    expect(server.calls.at(-1)?.body).to.include('refresh_token=refresh-new')
    expect(text).to.include('invalid_grant: reuse detected')
  })

  it('many requests whose token ends at once refresh it once, and no token is used twice', async () => {
    await start({ uses: 5 })
    const auths = [open(), open()]
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        Array.from({ length: 8 }, async (_, i) => {
          const auth = auths[i % 2] ?? open()
          for (let tries = 0; (await call(auth, items())).status !== 200; tries++) expect(tries).to.be.lessThan(50)
        }),
      )
    }
    expect(server.isLocked).to.equal(false)
    expect(server.refreshes).to.be.within(16, 80)
  })

  it('two that need a token at once get the same one', async () => {
    await start({ faults: [{ path: '/token', fault: { headersAfterMs: 50 } }] })
    expect(await Promise.all([header(open()), header(open())])).to.deep.equal(['Bearer access-1', 'Bearer access-1'])
    expect(server.refreshes).to.equal(1)
  })

  it('processes share one store', async function () {
    this.timeout(60_000)
    await start({ uses: 7 })
    const done = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = run(20)
        const said = await text(child.stdout ?? [])
        return said.split('\n').filter((line) => line.startsWith('good')).length
      }),
    )
    expect(done).to.deep.equal([20, 20, 20, 20])
    expect(server.isLocked).to.equal(false)
    expect(await stored()).to.have.length(1)
  })

  it('whenever a process is killed, the next one goes on', async function () {
    this.timeout(60_000)
    await start({ uses: 1, forgives: true })
    for (let round = 0; round < 6; round++) {
      const child = run(1_000)
      for (let lines = 0; lines < round; lines++) await once(child.stdout ?? child, 'data')
      await sleep(Math.random() * 20)
      child.kill('SIGKILL')
      await once(child, 'exit')
      expect(server.isLocked).to.equal(false)
    }
    expect((await call(open(), items())).status).to.equal(200)
    expect(server.refreshes).to.be.greaterThan(6)
    expect(await readdir(folder)).to.not.include('tokens.json.tmp')
  })

  it('a process that is killed with a token that it has not used yet leaves it to the next one', async () => {
    await start()
    const child = run(0)
    await once(child.stdout ?? child, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await stored()).to.deep.equal([{ refresh_token: 'refresh-1', access_token: 'access-1' }])
    expect((await call(open(), items())).status).to.equal(200)
    expect(server.refreshes).to.equal(1)
  })

  it('a process that is killed while it waits for a token does not block the next one', async () => {
    await start({ faults: [{ path: '/silent', fault: { headersAfterMs: Number.POSITIVE_INFINITY } }] })
    const child = run(0, '/silent')
    while (server.count('/silent') === 0) await sleep(10)
    expect(await readdir(folder)).to.include('tokens.json.lock')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect((await call(open(), items())).status).to.equal(200)
    expect(await readdir(folder)).to.deep.equal(['tokens.json'])
  })

  it('a lost answer is asked for again with the same token', async () => {
    await start({ faults: [{ path: '/token', times: 1, fault: 'reset' }] })
    expect(await failure(header(open())))
      .to.include('reuse detected')
      .and.to.include('authorize anew')
    expect(server.count('/token')).to.equal(2)
  })

  it('a run that is stopped while the answer is on its way keeps what it holds', async () => {
    await start({ faults: [{ path: '/token', fault: { headersAfterMs: 300 } }] })
    const abort = new AbortController()
    const waiting = header(open(authParts({ tokenStore: store, signal: abort.signal })))
    while (server.refreshes === 0) await sleep(5)
    abort.abort(new Error('stopped'))
    expect(await waiting).to.equal('Bearer access-1')
    expect(await stored()).to.deep.equal([{ refresh_token: 'refresh-1', access_token: 'access-1' }])
  })

  it('a run that is stopped does not wait for ever', async () => {
    await start({ faults: [{ path: '/token', fault: { headersAfterMs: Number.POSITIVE_INFINITY } }] })
    const abort = new AbortController()
    const waiting = failure(header(open(authParts({ tokenStore: store, signal: abort.signal }))))
    while (server.refreshes === 0) await sleep(5)
    const began = performance.now()
    abort.abort(new Error('stopped'))
    expect(await waiting).to.equal('Error: stopped')
    expect(performance.now() - began).to.be.lessThan(2_900)
    expect(await readdir(folder)).to.deep.equal(['tokens.json'])
  })

  it('what others keep in the store stays there, and so does a link to it', async () => {
    await start()
    const real = join(folder, 'real.json')
    await writeFile(real, '{"version":1,"tokens":{"other":{"refresh_token":"x","access_token":"y"}}}')
    await symlink(real, store)
    await header(open())
    expect(await stored()).to.have.length(2)
    expect((await stored())[0]).to.deep.equal({ refresh_token: 'x', access_token: 'y' })
    expect((await lstat(store)).isSymbolicLink()).to.equal(true)
    expect((await stat(real)).mode & 0o777).to.equal(0o600)
  })

  it('tokens of the store are in no line', async () => {
    await start()
    await header(open())
    const parts = authParts({ tokenStore: store })
    await header(open(parts))
    parts.log.info('access-1 refresh-1')
    expect(parts.log.lines).to.deep.equal(['INFO *** ***'])
  })

  const unusable: [what: string, prepare: () => Promise<unknown>, message: RegExp][] = [
    [
      'in a folder that is not there',
      () => rm(folder, { recursive: true }),
      /ConfigError: create the lock .*ENOENT.*name a file in a folder that can be written/,
    ],
    ['that is a folder', () => mkdir(store), /ConfigError: read the token_store .*EISDIR/],
    [
      'that holds something else',
      () => writeFile(store, '{"base_url":"https://x"}'),
      /ConfigError: read the token_store .*holds something else; name one that does not exist yet/,
    ],
    [
      'that holds half of something',
      () => writeFile(store, '{"version":1,"tok'),
      /ConfigError: read the token_store .*holds something else/,
    ],
  ]
  for (const [what, prepare, message] of unusable) {
    it(`a store ${what} fails before anything is sent`, async () => {
      await start()
      await prepare()
      expect(await failure(header(open()))).to.match(message)
      expect(server.calls).to.have.length(0)
      await mkdir(folder, { recursive: true })
    })
  }

  it('a file that cannot be replaced fails before anything is sent', async function () {
    if (process.getuid?.() === 0) return this.skip()
    await start()
    await chmod(folder, 0o500)
    expect(await failure(header(open()))).to.match(/ConfigError: create the lock .*EACCES/)
    expect(server.calls).to.have.length(0)
    return chmod(folder, 0o700)
  })

  it('without a store the tokens of the run are used, and one warning says what is lost', async () => {
    await start()
    const parts = authParts()
    const auth = open(parts)
    for (let n = 1; n <= 3; n++) {
      const authorized = await auth.authorize(items())
      expect(authorized.request.headers.authorization).to.equal(`Bearer access-${n}`)
      await auth.renew(authorized)
    }
    expect(server.isLocked).to.equal(false)
    const warnings = parts.log.lines.filter((line) => line.startsWith('WARNING'))
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.include('set token_store to a file that is kept between runs')
  })
})
