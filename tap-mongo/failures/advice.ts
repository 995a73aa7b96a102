import type { Failure } from './failure.js'

/** What to do about it: `; check the setting host`. Empty where nobody knows better than the message. */
export function adviceFor({ code, text }: Failure): string {
  // Texts of servers may hold any name: theirs go by the code alone.
  const advice = code === undefined ? adviceByText.find(([pattern]) => pattern.test(text))?.[1] : adviceByCode[code]
  return advice === undefined ? '' : `; ${advice}`
}

const largerLog =
  'a longer oplog (replSetResizeOplog, or the retention of the service) and more frequent runs keep it in reach; ' +
  'set on_history_lost to copy_again to copy the collections anew'

/** https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
const adviceByCode: Readonly<Record<number, string>> = {
  13: 'grant the user the role `read` on this database (or `readAnyDatabase` on admin)',
  18: 'check the settings user and password, and auth_database: the database that holds the user, mostly admin',
  26: 'the collection is gone: deselect it, or run the discovery again',
  33: 'the server can order at most 100 MB without an index: create one on the replication key and _id',
  47: 'the server keeps no such image: set full_document to lookup, or changeStreamPreAndPostImages of the collection',
  50: 'the server ended it for its time: is there an index for this query?',
  96: 'the server can order at most 100 MB without an index: create one on the replication key and _id',
  136: `${largerLog}; on Amazon DocumentDB switch change streams on, or set enable_documentdb_change_streams`,
  166: 'views and other special collections cannot be read so: choose FULL_TABLE for this stream',
  260: 'the token of the state is not of this change stream: set on_history_lost to copy_again',
  280: largerLog,
  286: largerLog,
  292: 'the server can order at most 100 MB without an index: create one on the replication key and _id',
  8000: 'check the settings user and password, and that the Atlas user may read this database',
  10334: 'an event is larger than 16 MB: servers from 6.0.9 on can split it; or read this stream as FULL_TABLE',
  16500: 'the service allows fewer requests: raise its throughput, or set a smaller batch_size',
  40573: 'change streams need a replica set: read this stream as FULL_TABLE or INCREMENTAL',
  40576: largerLog,
  40585: largerLog,
}

const adviceByText: readonly (readonly [RegExp, string])[] = [
  [
    /Invalid connection string|unescaped/,
    'write special characters in it percent-encoded (%40 for @), or take user and password out of it: they are settings, too',
  ],
  [
    /wire version/,
    'this tap speaks with MongoDB 4.4 and newer (wire version 9); DocumentDB 3.6 and 4.0 and old Cosmos DB are not supported',
  ],
  [/ALTNAME/, 'set host to a name of the certificate, or verify_mode to false'],
  [
    /ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED|ALERT_HANDSHAKE_FAILURE/,
    'set tls_cert to the client certificate with its key',
  ],
  [/ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)/, 'the server does not encrypt: set tls to false'],
  [/CERT|UNABLE_TO_VERIFY/, 'set tls_ca to the certificate authority, or verify_mode to false'],
  [/query(Srv|Txt) /, 'there is no such SRV record: check the setting host, or set srv to false'],
  [/ENOTFOUND/, 'check the setting host'],
  [/EAI_AGAIN/, 'the name service does not answer: check the setting host and the network'],
  [/ECONNREFUSED/, 'check the settings host and port, and that the server listens there'],
  [/EHOSTUNREACH|ENETUNREACH/, 'check the setting host and the network'],
  [
    /ETIMEDOUT|timed out/,
    'no server was found in time: check the settings host, port and replica_set, firewalls, and the access list of Atlas',
  ],
  [/secure TLS connection/, 'the other end hung up: where the server does not encrypt, set tls to false'],
  [/ECONNRESET|connection .* closed/, 'the other end hung up: where the server wants TLS, set tls to true'],
  [/Optional module `(snappy|.*zstd)/, 'leave compressors out of the URI'],
  [/Optional module/, 'this way to log in needs a package that is not part of this tap: use SCRAM or X.509'],
]
