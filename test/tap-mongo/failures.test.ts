import { Int32 } from 'bson'
import { expect } from 'chai'
import {
  MongoCompatibilityError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from 'mongodb'
import { SourceError } from '../../singer/index.js'
import { ConnectionLostError, HistoryLostError, sourceFailure } from '../../tap-mongo/failures.js'

const server = (code: unknown, errmsg = 'no', errorLabels: string[] = []) => {
  return new MongoServerError({ ok: 0, code, errmsg, errorLabels })
}

const system = (code: string, message = code) => Object.assign(new Error(message), { code })

const selection = (error: Error) => {
  // The second argument is a topology description, of which only the error is read.
  return new MongoServerSelectionError('Server selection timed out after 30 ms', { error } as never)
}

const labelled = new MongoNetworkError('no', { cause: system('SELF_SIGNED_CERT_IN_CHAIN') })
labelled.addErrorLabel('RetryableError')

type Row = readonly [title: string, cause: unknown, kind: typeof SourceError, message: RegExp]

const rows: readonly Row[] = [
  ['an election may end', server(10107), ConnectionLostError, /^read shop\.orders: no$/],
  ['a code may be an Int32 of bson', server(new Int32(189)), ConnectionLostError, /no$/],
  ['a cursor may be forgotten', server(43, 'cursor id 7 not found'), ConnectionLostError, /not found$/],
  ['a server that stops comes back', server(11600), ConnectionLostError, /no$/],
  ['the driver lists 13436, too', server(13436), ConnectionLostError, /no$/],
  ['Cosmos asks for patience', server(16500), ConnectionLostError, /batch_size$/],
  ['a label says that it can go on', server(1, 'no', ['ResumableChangeStreamError']), ConnectionLostError, /no$/],
  ['an overloaded server says so', server(462, 'no', ['SystemOverloadedError']), ConnectionLostError, /no$/],
  [
    'a network error',
    new MongoNetworkError('connection 3 to a:1 closed'),
    ConnectionLostError,
    /; .* set tls to true$/,
  ],
  ['a refused port', selection(system('ECONNREFUSED')), ConnectionLostError, /; check the settings host and port/],
  ['a host without an address', selection(system('ENOTFOUND')), ConnectionLostError, /; check the setting host$/],
  ['a connection that is gone', new MongoNotConnectedError('no'), ConnectionLostError, /no$/],
  ['a reset socket, bare', system('ECONNRESET', 'read ECONNRESET'), ConnectionLostError, /hung up/],
  [
    'a host of several addresses',
    selection(new AggregateError([system('ECONNREFUSED', 'connect ECONNREFUSED ::1:1')])),
    ConnectionLostError,
    /: connect ECONNREFUSED ::1:1; check the settings host and port/,
  ],
  [
    'a name in a message of the server is no advice',
    server(43, 'cursor id 7 not found on CERT.ECONNREFUSED'),
    ConnectionLostError,
    /CERT\.ECONNREFUSED$/,
  ],
  ['a client that was closed on purpose', new MongoTopologyClosedError('Topology is closed'), SourceError, /closed$/],
  ['an unknown authority', selection(system('SELF_SIGNED_CERT_IN_CHAIN')), SourceError, /; set tls_ca/],
  ['a certificate of another host', selection(system('ERR_TLS_CERT_ALTNAME_INVALID')), SourceError, /; set host to/],
  ['an unknown authority, which the driver would try again', labelled, SourceError, /; set tls_ca/],
  ['a server without TLS', selection(system('ERR_SSL_WRONG_VERSION_NUMBER')), SourceError, /set tls to false$/],
  [
    'a server that is too old',
    selection(new MongoCompatibilityError('Server at a:1 reports maximum wire version 6')),
    SourceError,
    /MongoDB 4\.4 and newer \(wire version 9\); DocumentDB 3\.6/,
  ],
  ['the log is behind', server(286), HistoryLostError, /on_history_lost to copy_again/],
  ['the oplog was overwritten', server(136), HistoryLostError, /oplog/],
  ['the token fits no more', server(280), HistoryLostError, /oplog/],
  ['the token is of another stream', server(260), HistoryLostError, /copy_again$/],
  ['DocumentDB and a bad token', server(9, 'Invalid resume token'), HistoryLostError, /token$/],
  ['another text that cannot be parsed', server(9, 'unknown operator: $foo'), SourceError, /\$foo$/],
  [
    'DocumentDB without change streams',
    server(136, 'change streams are not enabled on the collection'),
    SourceError,
    /enable_documentdb_change_streams$/,
  ],
  ['no right', server(13, 'not authorized on shop'), SourceError, /on shop; grant the user the role `read`/],
  [
    'a wrong password',
    server(18, 'Authentication failed.'),
    SourceError,
    /failed; check the settings user and password/,
  ],
  [
    'a refused login, after which the driver resets its pool',
    server(18, 'no', ['HandshakeError', 'ResetPool']),
    SourceError,
    /no; check/,
  ],
  ['a wrong password at Atlas', server(8000, 'bad auth'), SourceError, /Atlas/],
  ['no index', server(292), SourceError, /create one on the replication key and _id$/],
  ['something else', new Error('what'), SourceError, /^read shop\.orders: what$/],
  ['no error at all', 'what', SourceError, /^read shop\.orders: what$/],
]

describe('a failure of MongoDB', () => {
  for (const [title, cause, kind, message] of rows) {
    it(`${title}: ${kind.name}`, () => {
      const failure = sourceFailure('read shop.orders', cause)
      expect(failure.constructor).to.equal(kind)
      expect(failure.message).to.match(message)
      expect(failure.cause).to.equal(cause)
    })
  }

  it('is told once', () => {
    const failure = sourceFailure('read shop.orders', new Error('what'))
    expect(sourceFailure('read', failure)).to.equal(failure)
  })

  it('shows hosts, but nothing of who logs in', () => {
    const { message } = sourceFailure('connect', new Error('bad "mongodb+srv://me:p@ss@db.example.com/shop"'))
    expect(message).to.equal('connect: bad "mongodb+srv://***@db.example.com/shop"')
  })
})
