import type { Json, JsonObject } from '../../singer/index.js'

const ignored = { description: 'Accepted for compatibility with the Python taps; has no effect.' }

function otherName(of: string, schema: JsonObject, more = ''): Json {
  return { description: `Another name of \`${of}\`.${more}`, ...schema }
}

const names: JsonObject = { type: 'array', items: { type: 'string' } }

/** Settings of the Python taps that are called otherwise here; see resolvedConfig. */
export const peerProperties: JsonObject = {
  mongodb_connection_string: otherName('uri', { type: 'string', secret: true }),
  mongo: {
    type: 'object',
    verbatim: true,
    isOneRow: true,
    additionalProperties: true,
    properties: { password: { description: 'The password.', secret: true } },
    description: "Instead of `uri`: arguments of pymongo's MongoClient, such as host, username, password, tls.",
    examples: [{ host: 'db.example.com', tls: true }],
  },
  documentdb_credential_json_string: {
    type: 'string',
    description: 'Instead of `uri`: JSON text with username, password, host and port, as AWS keeps it.',
    secret: true,
  },
  documentdb_credential_json_extra_options: {
    type: 'string',
    description: 'Beside `documentdb_credential_json_string`: options of a URI as JSON text.',
    secret: true,
    examples: ['{"tlsCAFile": "global-bundle.pem"}'],
  },
  ssl: otherName('tls', { type: 'boolean' }),
  database: {
    type: 'string',
    description:
      'The only database to discover. Beside `host` and `user` and without `auth_database` it is that instead, as in singer-io.',
  },
  database_includes: otherName('databases', names, ' Without wildcards.'),
  database_excludes: { ...names, description: 'Databases to leave out. Without wildcards.' },
  filter_collections: otherName('collections', names, ' Without wildcards, in upper or lower case.'),
  include_schemas_in_destination_stream_name: {
    type: 'boolean',
    description:
      'Another way to say `stream_name`: true is db_coll, or db-coll beside `auth_database`; false is collection.',
  },
  prefix: otherName('stream_prefix', { type: 'string' }),
  infer_schema_max_docs: otherName('sample_size', { type: 'integer', minimum: 1 }),
  datetime_conversion: {
    type: 'string',
    description: '`datetime_clamp` is `date_out_of_range: clamp`; others have no effect.',
    examples: ['datetime_clamp'],
  },
  allow_modify_change_streams: otherName('enable_documentdb_change_streams', { type: 'boolean' }),
  update_buffer_size: ignored,
  operation_types: ignored,
  optional_replication_key: ignored,
  add_record_metadata: ignored,
  batch_config: { ...ignored, verbatim: true },
}
