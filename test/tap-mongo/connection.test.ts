import { createServer, type Server, type Socket } from 'node:net'
import { expect } from 'chai'
import { ConfigError, type JsonObject, SourceError } from '../../singer/index.js'
import { connect, type Deployment } from '../../tap-mongo/connection.js'
import { ConnectionLostError } from '../../tap-mongo/failures.js'
import { resolvedConfig } from '../../tap-mongo/settings/resolved-config.js'
import { type RecordedLog, recordedLog } from '../singer/recorded-log.js'
import { failure } from '../support/mongo/refusal.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Scripted, ScriptedOptions } from '../support/mongo/types.js'
import { configOf } from './given-config.js'

const password = 'not/the:pass@word'
const unescaped = 'mongodb://me:not/the:pass@word@127.0.0.1/'
const soon = 'serverSelectionTimeoutMS=200'

function connectTo(settings: JsonObject, log: RecordedLog = recordedLog(), signal = new AbortController().signal) {
  return connect(resolvedConfig(configOf(settings)), { log, signal, metrics: { count: () => undefined } })
}

async function failureOf(settings: JsonObject, log?: RecordedLog): Promise<Error> {
  try {
    await (await connectTo(settings, log)).close()
  } catch (thrown) {
    if (thrown instanceof Error) return thrown
  }
  throw new Error('it connected')
}

async function scripted<T>(options: ScriptedOptions, use: (server: Scripted) => Promise<T>): Promise<T> {
  const server = await startScripted(options)
  try {
    return await use(server)
  } finally {
    await server.close()
  }
}

async function connected<T>(settings: JsonObject, use: (deployment: Deployment) => Promise<T> | T): Promise<T> {
  const deployment = await connectTo(settings)
  try {
    return await use(deployment)
  } finally {
    await deployment.close()
  }
}

describe('connecting to MongoDB', () => {
  it('says what it is connected to, and when in its log', async () => {
    await scripted({ version: '7.0.99' }, async (server) => {
      await connected({ uri: server.uri }, (deployment) => {
        expect(deployment).to.include({ version: '7.0.99', hasSessions: true, defaultDatabase: undefined })
        expect(deployment.operationTime).to.deep.equal(server.operationTime)
      })
    })
  })

  it('knows a standalone server by its lack of a log', async () => {
    await scripted({ kind: 'standalone' }, (server) =>
      connected({ uri: server.uri }, (deployment) => {
        expect(deployment).to.include({ operationTime: undefined, hasSessions: false })
      }),
    )
  })

  it('asks nothing of sessions where there are none', async () => {
    await scripted({ hasSessions: false }, (server) =>
      connected({ uri: server.uri }, (deployment) => {
        expect(deployment.hasSessions).to.equal(false)
        expect(deployment.operationTime).to.deep.equal(server.operationTime)
      }),
    )
  })

  it('takes a server for what it is that has neither hello nor buildInfo', async () => {
    await scripted({}, async (server) => {
      server.answerHello = ({ name, body }) =>
        name === 'hello' && body.topologyVersion === undefined && body.client === undefined
          ? failure(59, 'CommandNotFound')
          : undefined
      server.answer = ({ name }) => (name === 'buildInfo' ? failure(13, 'Unauthorized') : undefined)
      await connected({ uri: server.uri }, (deployment) => {
        expect(deployment).to.include({ version: 'unknown', hasSessions: true })
      })
    })
  })

  it('is tap-mongo to the server, prefers secondaries, and lets no more in than it needs', async () => {
    await scripted({}, (server) =>
      connected({ uri: server.uri }, ({ client: { options, readPreference } }) => {
        expect(options).to.include({ appName: 'tap-mongo', maxPoolSize: 4, enableUtf8Validation: false })
        expect(options.directConnection).to.equal(false)
        expect(readPreference.mode).to.equal('secondaryPreferred')
      }),
    )
  })

  it('sends filters as they are', async () => {
    await scripted({}, (server) =>
      connected({ uri: server.uri }, async ({ client }) => {
        server.handle('echo', () => ({ ok: 1 }))
        const inner = new Map([
          ['9', -0],
          ['1', undefined],
        ])
        await client.db('x').command({ echo: 1, filter: new Map([['10', inner]]) })
        const { raw } = server.commands.find(({ name }) => name === 'echo') ?? { raw: Buffer.alloc(0) }
        const nine = Buffer.from('\x019\0\0\0\0\0\0\0\0\x80\n1\0\0', 'latin1')
        expect(raw.includes(nine)).to.equal(true)
      }),
    )
  })

  const databases: readonly (readonly [string, (uri: string) => JsonObject, string | undefined])[] = [
    ['that of the URI', (uri) => ({ uri: `${uri}/shop?${soon}` }), 'shop'],
    ['none', (uri) => ({ uri: `${uri}/?${soon}` }), undefined],
    ['the only one of the settings', (uri) => ({ uri, databases: ['crm'] }), 'crm'],
    ['none, where the settings hold wildcards', (uri) => ({ uri, databases: ['crm*'] }), undefined],
    ['none, where there are two', (uri) => ({ uri, databases: ['crm', 'shop'] }), undefined],
  ]
  for (const [title, settings, expected] of databases) {
    it(`takes as default database ${title}`, () =>
      scripted({}, ({ uri }) =>
        connected(settings(uri), ({ defaultDatabase }) => expect(defaultDatabase).to.equal(expected)),
      ))
  }

  it('logs in', async () => {
    await scripted({ users: { 'me@home': password } }, async ({ port }) => {
      const settings = { host: '127.0.0.1', port, user: 'me@home', password }
      await connected(settings, async ({ client }) =>
        expect(await client.db('x').command({ ping: 1 })).to.include({ ok: 1 }),
      )
    })
  })

  it('logs in as the user of the URI with the password of the settings', async () => {
    await scripted({ users: { 'me@home': password } }, async ({ port }) => {
      const settings = { uri: `mongodb://me%40home@127.0.0.1:${port}/?authSource=admin`, password }
      await connected(settings, async ({ client }) =>
        expect(await client.db('x').command({ ping: 1 })).to.include({ ok: 1 }),
      )
    })
  })

  it('says of a URI whose password is not encoded how to write it', async () => {
    const { message } = await failureOf({ uri: 'mongodb://me:pass@word@127.0.0.1/' })
    expect(message).to.match(/percent-encoded \(%40 for @\), or take user and password out of it/)
    expect(message).to.not.include('word@')
  })

  it('says of a wrong password which settings to check, never the password', async () => {
    await scripted({ users: { me: 'another' } }, async ({ port }) => {
      const thrown = await failureOf({ host: 'localhost', port, user: 'me', password })
      expect(thrown.message).to.match(
        /^connect to localhost:\d+: Authentication failed.*; check the settings user and password/,
      )
      expect(thrown).to.be.instanceOf(SourceError).and.not.instanceOf(ConnectionLostError)
      expect(thrown.message).to.not.include(password)
    })
  })

  it('says of a server that refuses whom it lets in nothing but that', async () => {
    await scripted({}, async (server) => {
      server.answer = ({ name }) => (name === 'saslStart' ? failure(18, 'AuthenticationFailed', 'no') : undefined)
      const { message } = await failureOf({ host: '127.0.0.1', port: server.port, user: 'me', password })
      expect(message).to.match(
        /^connect to 127\.0\.0\.1:\d+: no; check the settings user and password, and auth_database/,
      )
    })
  })

  it('says of a port that refuses what to check', async () => {
    const port = await scripted({}, async (server) => server.port)
    const thrown = await failureOf({ uri: `mongodb://127.0.0.1:${port}/?${soon}` })
    expect(thrown).to.be.instanceOf(ConnectionLostError)
    expect(thrown.message).to.equal(
      `connect to 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}; check the settings host and port, and that the server listens there`,
    )
  })

  it('says of a server that is too old which ones it can read, at once', async () => {
    await scripted({ wireVersion: 8 }, async ({ uri }) => {
      const thrown = await failureOf({ uri })
      expect(thrown.message).to.match(/reports maximum wire version 8.*; this tap speaks with MongoDB 4\.4 and newer/)
      expect(thrown).not.to.be.instanceOf(ConnectionLostError)
    })
  })

  it('gives up on a replica set of another name', async () => {
    await scripted({}, async ({ uri }) => {
      const { message } = await failureOf({ uri: `${uri}/?${soon}`, replica_set: 'other' })
      expect(message).to.match(/timed out after 200 ms; .*replica_set/)
    })
  })

  const hangsUp: readonly (readonly [boolean, RegExp])[] = [
    [true, /; the other end hung up: where the server does not encrypt, set tls to false$/],
    [false, /; the other end hung up: where the server wants TLS, set tls to true$/],
  ]
  for (const [tls, expected] of hangsUp) {
    it(`says of a peer that hangs up what may differ when tls is ${tls}`, async () => {
      const { peer, uri } = await listening((socket) => socket.once('data', () => socket.destroy()))
      const thrown = await failureOf({ uri: `${uri}/?${soon}`, tls })
      peer.close()
      expect(thrown.message).to.match(expected)
      expect(thrown).to.be.instanceOf(ConnectionLostError)
    })
  }

  it('asks again when the connection is lost at once', () =>
    scripted({}, async (server) => {
      let drops = 2
      server.answer = ({ name }) => (name === 'buildInfo' && drops-- > 0 ? 'drop' : undefined)
      await connected({ uri: server.uri }, ({ version }) => expect(version).to.equal('7.0.12'))
    }))

  it('closes when the server goes away in the middle', async () => {
    await scripted({}, async (server) => {
      server.answer = ({ name }) => (name === 'buildInfo' ? 'drop' : undefined)
      expect(await failureOf({ uri: `${server.uri}/?${soon}` })).to.be.instanceOf(ConnectionLostError)
      await until(() => server.connections === 0)
    })
  })

  describe('to a peer that takes the connection and never answers', () => {
    let peer: Server
    let uri: string

    before(async () => {
      ;({ peer, uri } = await listening(() => undefined))
    })

    after(() => peer.close())

    it('gives up in time', async () => {
      const thrown = await failureOf({ uri: `${uri}/?${soon}` })
      expect(thrown).to.be.instanceOf(ConnectionLostError)
      expect(thrown.message).to.match(/Server selection timed out after 200 ms; no server was found in time/)
    })

    it('ends at once when the run is aborted', async () => {
      const controller = new AbortController()
      const reason = new Error('stopped')
      const waiting = connectTo({ uri }, recordedLog(), controller.signal).catch((thrown: unknown) => thrown)
      await new Promise((resolve) => setTimeout(resolve, 50))
      const begun = performance.now()
      controller.abort(reason)
      expect(await waiting).to.equal(reason)
      expect(performance.now() - begun).to.be.below(1000)
    })
  })

  it('ends whatever waits for the server when the run is aborted', async () => {
    await scripted({}, async (server) => {
      const controller = new AbortController()
      const { client } = await connectTo({ uri: server.uri }, recordedLog(), controller.signal)
      server.answer = () => 'hang'
      const waiting = client
        .db('x')
        .command({ ping: 1 })
        .catch((thrown: unknown) => thrown)
      await until(() => server.commands.at(-1)?.name === 'ping')
      controller.abort()
      expect(await waiting).to.be.instanceOf(Error)
      await until(() => server.connections === 0)
    })
  })

  it('shows no part of a URI that the driver refuses', async () => {
    for (const uri of [
      unescaped,
      'mongodb://me:%zz@127.0.0.1/',
      'mongodb://me:se cret@host:port/',
      'mongodb://me:secret@/',
    ]) {
      const thrown = await failureOf({ uri })
      expect(thrown, uri).to.be.instanceOf(ConfigError)
      expect(`${thrown.message} ${thrown.cause}`)
        .to.match(/uri/i)
        .and.to.not.match(/@word|%zz|cret/)
    }
  })

  it('refuses an option that there is not', async () => {
    const { message } = await failureOf({ uri: 'mongodb://127.0.0.1/?nonsense=1' })
    expect(message).to.equal('the URI of the server, or settings beside it: option nonsense is not supported')
  })

  it('keeps what it logs in with out of the log', async () => {
    const log = recordedLog()
    await failureOf({ uri: `mongodb://me:${encodeURIComponent(password)}@127.0.0.1:1/?${soon}` }, log)
    log.info(`it is ${password}, or ${encodeURIComponent(password)}`)
    expect(log.lines).to.deep.equal(['INFO it is ***, or ***'])
  })
})

async function listening(serve: (socket: Socket) => void): Promise<{ peer: Server; uri: string }> {
  const peer = createServer((socket) => serve(socket.on('error', () => undefined))).listen(0, '127.0.0.1')
  await new Promise((resolve) => peer.once('listening', resolve))
  const address = peer.address()
  return { peer, uri: `mongodb://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}
