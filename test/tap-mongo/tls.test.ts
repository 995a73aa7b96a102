import { readFileSync } from 'node:fs'
import { connect as dial } from 'node:net'
import { createServer, type Server } from 'node:tls'
import { expect } from 'chai'
import type { JsonObject } from '../../singer/index.js'
import { connect } from '../../tap-mongo/connection.js'
import { ConnectionLostError } from '../../tap-mongo/failures.js'
import { resolvedConfig } from '../../tap-mongo/settings/resolved-config.js'
import { recordedLog } from '../singer/recorded-log.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Scripted } from '../support/mongo/types.js'
import { configOf } from './given-config.js'

const path = (name: string) => new URL(`../../../test/tap-mysql/tls/${name}.pem`, import.meta.url).pathname
const pem = (name: string) => readFileSync(path(name), 'utf8')
const client = `${pem('client')}${pem('client-key')}`

describe('TLS to MongoDB', () => {
  let server: Scripted
  let front: Server | undefined

  before(async () => {
    // A member of a replica set would tell its own address, where no TLS is spoken.
    server = await startScripted({ kind: 'standalone' })
  })

  after(() => server.close())

  afterEach(() => front?.close())

  /** What stands before the server encrypts, with this certificate. */
  async function listening(certificate: string, requestCert = false): Promise<number> {
    const options = { cert: pem(certificate), key: pem(`${certificate}-key`), ca: pem('ca'), requestCert }
    const tls = createServer(options, (socket) => {
      const inner = dial(server.port, '127.0.0.1')
      const end = () => [socket, inner].map((each) => each.destroy())
      for (const each of [socket, inner]) each.on('error', end).on('close', end)
      socket.pipe(inner).pipe(socket)
    })
    front = tls.listen(0, '127.0.0.1')
    await new Promise((resolve) => tls.once('listening', resolve))
    const address = tls.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  async function attempt(port: number, settings: JsonObject): Promise<string> {
    // Only a lost connection is waited for: the rest is told at once.
    const uri = `mongodb://127.0.0.1:${port}/${settings.tls === false ? '?serverSelectionTimeoutMS=300' : ''}`
    const context = { log: recordedLog(), signal: new AbortController().signal, metrics: { count: () => undefined } }
    try {
      const deployment = await connect(resolvedConfig(configOf({ uri, ...settings })), context)
      await deployment.close()
      return deployment.version
    } catch (thrown) {
      if (settings.tls !== false) expect(thrown).not.to.be.instanceOf(ConnectionLostError)
      return thrown instanceof Error ? thrown.message : ''
    }
  }

  type Row = readonly [title: string, certificate: string, isMutual: boolean, settings: JsonObject, expected: RegExp]

  const works = /^7\.0\.12$/
  const rows: readonly Row[] = [
    ['a path of the authority', 'by-address', false, { tls_ca: path('ca') }, works],
    ['the text of the authority', 'by-address', false, { tls_ca: pem('ca').replaceAll('\n', '\\n') }, works],
    [
      'a certificate of another host',
      'by-name',
      false,
      { tls_ca: path('ca') },
      /; set host to a name of the certificate/,
    ],
    ['no check', 'by-name', false, { tls: true, verify_mode: false }, works],
    ['an authority that nobody knows', 'by-address', false, { tls: true }, /; set tls_ca to the certificate authority/],
    ['the client certificate', 'by-address', true, { tls_ca: path('ca'), tls_cert: client }, works],
    ['no client certificate', 'by-address', true, { tls_ca: path('ca') }, /; set tls_cert to the client certificate/],
    ['no TLS', 'by-address', false, { tls: false }, /; the other end hung up: .* set tls to true$/],
  ]
  for (const [title, certificate, isMutual, settings, expected] of rows) {
    it(`${title}: ${expected.source}`, async () => {
      expect(await attempt(await listening(certificate, isMutual), settings)).to.match(expected)
    })
  }

  it('a server without TLS that answers anyway', async () => {
    expect(await attempt(await plainPort(), { tls: true })).to.match(/; the server does not encrypt: set tls to false$/)
  })

  async function plainPort(): Promise<number> {
    const { createServer: plain } = await import('node:net')
    const answering = plain((socket) => socket.on('error', () => undefined).write('HTTP/1.0 400 Bad Request\r\n\r\n'))
    answering.listen(0, '127.0.0.1').unref()
    await new Promise((resolve) => answering.once('listening', resolve))
    const address = answering.address()
    return typeof address === 'object' && address ? address.port : 0
  }
})
