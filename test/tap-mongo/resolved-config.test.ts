import { expect } from 'chai'
import { ConfigError, type JsonObject } from '../../singer/index.js'
import { wildcard } from '../../singer/select-pattern.js'
import type { Config } from '../../tap-mongo/config.js'
import { resolvedConfig } from '../../tap-mongo/settings/resolved-config.js'
import { configOf } from './given-config.js'

const uri = 'mongodb://db/'
const server = { host: 'db' }
const singerIo = { host: 'db', user: 'me', password: 'secret', database: 'admin' }

type Row = readonly [
  title: string,
  given: JsonObject,
  meant: { readonly [name in keyof Config]?: Config[name] | undefined },
]

const rows: readonly Row[] = [
  ['ours stay', { uri, sample_size: 5, stream_prefix: 'x_' }, { uri, sample_size: 5, stream_prefix: 'x_' }],
  ['mongodb_connection_string', { mongodb_connection_string: uri }, { uri }],
  ['the same URI twice', { uri, mongodb_connection_string: uri }, { uri }],
  ['ssl', { ...server, ssl: true }, { tls: true }],
  ['ssl that is off', { ...server, ssl: false }, { tls: false }],
  ['database beside a URI', { uri, database: 'shop' }, { databases: ['shop'] }],
  ['database beside a host without user', { ...server, database: 'shop' }, { databases: ['shop'] }],
  ['database in singer-io', singerIo, { auth_database: 'admin', databases: undefined }],
  [
    'database in pipelinewise',
    { ...singerIo, auth_database: 'admin', database: 'shop' },
    { auth_database: 'admin', databases: ['shop'] },
  ],
  [
    'database_includes and database_excludes',
    { uri, database_includes: ['a', 'b*'], database_excludes: ['c'] },
    { databases: ['a', 'b[*]', '!c'] },
  ],
  ['database_excludes alone', { uri, database_excludes: ['c'] }, { databases: ['!c'] }],
  ['database_includes of nothing', { uri, database_includes: [] }, { databases: undefined }],
  [
    'names of database and collection in singer-io',
    { ...singerIo, include_schemas_in_destination_stream_name: true },
    { stream_name: 'db_coll' },
  ],
  [
    'names of database and collection in pipelinewise',
    { ...singerIo, auth_database: 'admin', include_schemas_in_destination_stream_name: true },
    { stream_name: 'db-coll' },
  ],
  [
    'the name of the collection',
    { uri, include_schemas_in_destination_stream_name: false },
    { stream_name: 'collection' },
  ],
  ['prefix', { uri, prefix: 'raw_' }, { stream_prefix: 'raw_' }],
  ['infer_schema_max_docs', { uri, infer_schema_max_docs: 7 }, { sample_size: 7 }],
  [
    'datetime_conversion: datetime_clamp',
    { uri, datetime_conversion: 'datetime_clamp' },
    { date_out_of_range: 'clamp' },
  ],
  ['another datetime_conversion', { uri, datetime_conversion: 'datetime_ms' }, { date_out_of_range: 'null' }],
  [
    'allow_modify_change_streams',
    { uri, allow_modify_change_streams: true },
    { enable_documentdb_change_streams: true },
  ],
  [
    'mongo',
    { mongo: { host: 'a', username: 'me', password: 'p@ss', tls: true, connect: false } },
    { uri: 'mongodb://a:27017/?tls=true', user: 'me', password: 'p@ss' },
  ],
  [
    'mongo, and a password beside it',
    { mongo: { username: 'me' }, password: 'x' },
    { uri: 'mongodb://localhost:27017/', user: 'me', password: 'x' },
  ],
  [
    'documentdb_credential_json_string',
    {
      documentdb_credential_json_string:
        '{"username": "me", "password": "x/y", "host": "d", "port": 27018, "engine": "mongo"}',
      documentdb_credential_json_extra_options: '{"tls": "true", "tlsCAFile": "a b.pem", "retryWrites": false}',
    },
    { uri: 'mongodb://d:27018/?tls=true&tlsCAFile=a%20b.pem&retryWrites=false', user: 'me', password: 'x/y' },
  ],
  [
    'a secret of AWS that asks for TLS',
    { documentdb_credential_json_string: '{"username": "me", "password": "x", "host": "d", "port": "1", "ssl": true}' },
    { uri: 'mongodb://d:1/?tls=true' },
  ],
]

const wrong: readonly (readonly [title: string, given: JsonObject, problems: readonly string[]])[] = [
  ['no server', {}, ['settings: uri or host is required']],
  [
    'two servers',
    { uri, host: 'db', srv: true },
    [
      'uri and host: exclude each other; give one of them',
      'srv: belongs to host; a uri begins with mongodb+srv:// instead',
    ],
  ],
  [
    'two URIs',
    { uri, mongodb_connection_string: 'mongodb://x/' },
    ['uri and mongodb_connection_string: exclude each other; give one of them'],
  ],
  ['a URI as host', { host: uri }, ['host: is a URI; give it as uri']],
  ['a host as URI', { uri: 'db:27017' }, ['uri: must begin with mongodb:// or mongodb+srv:// and a host']],
  ['a port of an SRV name', { host: 'db:1', srv: true }, ['host: with srv it is one name, without a port']],
  ['two users', { uri: 'mongodb://me@db/', user: 'me' }, ['user: the uri holds one, too; give one of them']],
  ['a password of nobody', { ...server, password: 'x' }, ['password: needs user, too']],
  [
    'two passwords',
    { uri: 'mongodb://me:y@db/', password: 'x' },
    ['password: the uri holds one, too; give one of them'],
  ],
  [
    'certificates without TLS',
    { ...server, tls: false, tls_ca: 'x' },
    ['tls: is false, but tls_ca or tls_cert is given'],
  ],
  ['tls or not', { ...server, tls: false, ssl: true }, ['tls: ssl says something else; give one of them']],
  [
    'two sample sizes',
    { uri, sample_size: 5, infer_schema_max_docs: 6 },
    ['sample_size: infer_schema_max_docs says something else; give one of them'],
  ],
  [
    'databases of two kinds',
    { uri, databases: ['a'], database: 'b' },
    ['databases: database, database_includes, database_excludes says something else; give one of them'],
  ],
  [
    'credentials that are no JSON',
    { documentdb_credential_json_string: 'se{cret' },
    ['documentdb_credential_json_string: it is no JSON object'],
  ],
  [
    'credentials without host',
    { documentdb_credential_json_string: '{}' },
    ['documentdb_credential_json_string: it lacks the host'],
  ],
  ['hosts of two kinds', { mongo: { host: ['a', uri] } }, ['mongo: host must be one URI, or names of hosts']],
  [
    'a time of no log',
    { uri, start_at_operation_time: 'soon' },
    ['start_at_operation_time: neither a date nor a time of the log such as 1767225600.1'],
  ],
  [
    'an end before the start',
    { uri, start_date: '2026-01-02', end_date: '2026-01-01' },
    ['settings: end_date must be later than start_date'],
  ],
  [
    'streams with everything wrong',
    {
      uri,
      streams: {
        a: { filter: '{', projection: { _id: 0 } },
        b: { filter: { x: { $oid: '1' } }, projection: '{"_id": false, "a": 0}' },
        c: { start_date: '2026-01-02', end_date: '2026-01-02' },
      },
    },
    [
      'streams.a.filter: is no JSON',
      'streams.a.projection: leaves out _id, by which documents are told apart',
      'streams.b.filter: has a $oid that is none',
      'streams.b.projection: leaves out _id, by which documents are told apart',
      'streams.c: end_date must be later than start_date',
    ],
  ],
]

describe('settings of tap-mongo in our own words', () => {
  for (const [title, given, meant] of rows) {
    it(`means by ${title}: ${JSON.stringify(meant)}`, () => {
      const resolved = resolvedConfig(configOf(given))
      const found = Object.fromEntries(Object.keys(meant).map((key) => [key, resolved[key as keyof Config]]))
      expect(found).to.deep.equal(meant)
      expect(resolvedConfig(resolved)).to.deep.equal(resolved)
    })
  }

  for (const [title, given, problems] of wrong) {
    it(`refuses ${title}`, () => {
      expect(() => resolvedConfig(configOf(given)))
        .to.throw(ConfigError)
        .with.property('message', problems.join('\n'))
    })
  }

  it('leaves no word of a peer', () => {
    const resolved = resolvedConfig(configOf({ mongo: {}, prefix: 'x', database: 'y', filter_collections: ['z'] }))
    const others = ['mongo', 'prefix', 'database', 'filter_collections', 'ssl', 'infer_schema_max_docs']
    expect(resolved).to.not.have.any.keys(...others)
  })

  it('finds collections of filter_collections in upper and lower case, and no others', () => {
    const { collections = [] } = resolvedConfig(configOf({ uri, filter_collections: ['Order_1*', 'É'] }))
    const patterns = collections.map(wildcard)
    const found = ['order_1*', 'ORDER_1*', 'Order_1*', 'order_12', 'order_1', 'é', 'É', 'e'].filter((name) =>
      patterns.some((pattern) => pattern.test(name)),
    )
    expect(found).to.deep.equal(['order_1*', 'ORDER_1*', 'Order_1*', 'é', 'É'])
  })
})
