import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { MongoClient, type MongoClientOptions } from 'mongodb'
import { ConfigError, type JsonObject } from '../../singer/index.js'
import { uriOfArguments } from '../../tap-mongo/settings/mongo-arguments.js'
import { resolvedConfig } from '../../tap-mongo/settings/resolved-config.js'
import { addressOf, secretsOf } from '../../tap-mongo/settings/uri.js'
import { configOf } from './given-config.js'

function addressFor(settings: JsonObject) {
  const address = addressOf(resolvedConfig(configOf(settings)))
  // The driver takes what it is given: it refuses options that it does not know.
  return { ...address, client: new MongoClient(address.uri, address.options) }
}

const places: readonly (readonly [given: JsonObject, uri: string])[] = [
  [{ host: 'db' }, 'mongodb://db:27017/'],
  [{ host: 'db', port: 1 }, 'mongodb://db:1/'],
  [{ host: 'a:1, b', port: 2 }, 'mongodb://a:1,b:2/'],
  [{ host: '::1' }, 'mongodb://[::1]:27017/'],
  [{ host: '[::1]' }, 'mongodb://[::1]:27017/'],
  [{ host: '[::1]:5' }, 'mongodb://[::1]:5/'],
  [{ host: '/tmp/mongodb-27017.sock' }, 'mongodb://%2Ftmp%2Fmongodb-27017.sock/'],
  [{ host: 'cluster0.example.net', srv: true }, 'mongodb+srv://cluster0.example.net/'],
  [{ uri: 'mongodb://me:x@db/shop?tls=true' }, 'mongodb://me:x@db/shop?tls=true'],
]

const options: readonly (readonly [title: string, given: JsonObject, options: MongoClientOptions])[] = [
  ['secondaries where nothing is said', { host: 'db' }, { readPreference: 'secondaryPreferred' }],
  ['a read preference', { host: 'db', read_preference: 'primary' }, { readPreference: 'primary' }],
  [
    'a login',
    { host: 'db', user: 'a@b', password: 'p/w', auth_database: 'x' },
    { auth: { username: 'a@b', password: 'p/w' }, authSource: 'x' },
  ],
  [
    'a password for the user of the URI',
    { uri: 'mongodb://a%40b@db/', password: 'p/w' },
    { auth: { username: 'a@b', password: 'p/w' } },
  ],
  ['a login in singer-io', { host: 'db', user: 'a', password: 'p', database: 'x' }, { authSource: 'x' }],
  [
    'a login beside a URI',
    { uri: 'mongodb://db/', user: 'a', password: 'p' },
    { auth: { username: 'a', password: 'p' } },
  ],
  ['TLS', { host: 'db', tls: true }, { tls: true }],
  ['no TLS', { host: 'db', ssl: false }, { tls: false }],
  ['an authority, which asks for TLS', { host: 'db', tls_ca: '-----BEGIN A\\n' }, { tls: true, ca: '-----BEGIN A\n' }],
  [
    'a client certificate with its key',
    { host: 'db', tls_cert: '-----BEGIN A' },
    { tls: true, cert: '-----BEGIN A', key: '-----BEGIN A' },
  ],
  ['no check of certificates', { host: 'db', tls: true, verify_mode: false }, { tlsAllowInvalidCertificates: true }],
  ['a replica set', { host: 'db', replica_set: 'rs0' }, { replicaSet: 'rs0' }],
  ['texts as they are', { host: 'db' }, { enableUtf8Validation: false }],
]

const said: readonly (readonly [option: string, name: keyof MongoClientOptions])[] = [
  ['readPreference=nearest', 'readPreference'],
  ['READPREFERENCE=nearest', 'readPreference'],
  ['maxPoolSize=9', 'maxPoolSize'],
  ['appName=mine', 'appName'],
]

const peers: readonly (readonly [title: string, given: JsonObject, uri: string])[] = [
  ['nothing', {}, 'mongodb://localhost:27017/'],
  ['a host and a port', { host: 'a', port: 1 }, 'mongodb://a:1/'],
  ['a port as text', { host: 'a', port: '1' }, 'mongodb://a:1/'],
  ['hosts', { host: ['a', 'b:2'] }, 'mongodb://a:27017,b:2/'],
  ['a URI', { host: 'mongodb+srv://a', tls: true }, 'mongodb+srv://a/?tls=true'],
  ['a URI with a path', { host: 'mongodb://a/b', tls: true }, 'mongodb://a/b?tls=true'],
  ['a URI with options', { host: 'mongodb://a/?w=1', tls: true }, 'mongodb://a/?w=1&tls=true'],
  ['what is for Python', { connect: true, tz_aware: true, document_class: 'dict' }, 'mongodb://localhost:27017/'],
  ['nulls', { tls: null, replicaSet: null }, 'mongodb://localhost:27017/'],
  [
    'options of all kinds',
    {
      authMechanismProperties: { A: 'b', C: 'd' },
      readPreferenceTags: [{ dc: 'x', r: 1 }, {}],
      compressors: ['zlib', 'snappy'],
      appname: 'a b',
    },
    'mongodb://localhost:27017/?authMechanismProperties=A%3Ab%2CC%3Ad&readPreferenceTags=dc%3Ax%2Cr%3A1&readPreferenceTags=&compressors=zlib%2Csnappy&appname=a%20b',
  ],
]

describe('the URI of a MongoDB server', () => {
  for (const [given, uri] of places) {
    it(`is ${uri} for ${JSON.stringify(given)}`, () => expect(addressFor(given).uri).to.equal(uri))
  }

  for (const [title, given, expected] of options) {
    it(`has options beside it: ${title}`, () => expect(addressFor(given).options).to.deep.include(expected))
  }

  for (const [option, name] of said) {
    it(`keeps its say: ${option}`, () => {
      const { options: given } = addressFor({ uri: `mongodb://db/?${option}`, read_preference: 'primary' })
      expect(given).to.not.have.property(name)
    })
  }

  it('is never a direct connection by itself', () => {
    expect(addressFor({ host: 'db' }).client.options.directConnection).to.equal(false)
    expect(addressFor({ uri: 'mongodb://db/?directConnection=true' }).client.options.directConnection).to.equal(true)
  })

  it('reads certificates from files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'uri-'))
    const file = join(folder, 'ca.pem')
    writeFileSync(file, 'authority')
    try {
      expect(addressFor({ host: 'db', tls_ca: file }).options.ca).to.equal('authority')
    } finally {
      rmSync(folder, { recursive: true })
    }
    expect(() => addressFor({ host: 'db', tls_ca: file })).to.throw(
      ConfigError,
      /^setting tls_ca: cannot read the file/,
    )
  })

  for (const [title, given, uri] of peers) {
    it(`says the same as arguments of pymongo: ${title}`, () => expect(uriOfArguments(given).uri).to.equal(uri))
  }

  const secrets: readonly (readonly [uri: string, secrets: readonly string[]])[] = [
    ['mongodb://db/', []],
    ['mongodb://me@db/', []],
    ['mongodb://me:p%40ss@db/', ['p%40ss', 'p@ss']],
    ['mongodb://me:p%zz@db/', ['p%zz']],
    ['mongodb://me:p@ss@db/', ['p', 'p@ss']],
    ['mongodb://db/?proxyPassword=x%20y&tls=true', ['x y']],
    ['mongodb://db/?authMechanismProperties=AWS_SESSION_TOKEN:abc', ['AWS_SESSION_TOKEN:abc']],
  ]
  for (const [uri, expected] of secrets) {
    it(`holds the secrets ${JSON.stringify(expected)}: ${uri}`, () => expect(secretsOf(uri)).to.deep.equal(expected))
  }

  it('holds whatever password as the driver reads it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (password) => {
        const uri = `mongodb://me:${encodeURIComponent(password)}@db/`
        expect(new MongoClient(uri).options.credentials?.password).to.equal(password)
        expect(secretsOf(uri)).to.include(password)
      }),
    )
  })
})
