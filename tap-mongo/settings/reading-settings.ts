import type { JsonObject } from '../../singer/index.js'

const start_date: JsonObject = {
  type: 'string',
  format: 'date-time',
  description: 'INCREMENTAL streams begin at this value of a date key, or at their bookmark where that is later.',
  examples: ['2026-01-01T00:00:00Z'],
}

const end_date: JsonObject = {
  type: 'string',
  format: 'date-time',
  description: 'INCREMENTAL streams end before this value of a date key.',
  examples: ['2026-02-01T00:00:00Z'],
}

const lookback: JsonObject = {
  type: 'number',
  minimum: 0,
  description:
    'INCREMENTAL streams read again what lies this far below the bookmark: seconds of a date key, a difference of a numeric key. For documents that are written late.',
}

const sample_size: JsonObject = {
  type: 'integer',
  minimum: 0,
  description:
    'How many documents of a collection a discovery looks at, 0 for none. What it misses widens the schema while reading.',
}

const ofOneStream: JsonObject = {
  filter: {
    type: ['object', 'string'],
    verbatim: true,
    description: 'Which documents to read: a filter of `find` in Extended JSON. Not for LOG_BASED streams.',
  },
  projection: {
    type: ['object', 'string'],
    verbatim: true,
    description: 'Which fields to read, as `find` takes it: `{"a": 1}` or `{"a": 0}`. Never without `_id`.',
  },
  defaults: {
    type: 'object',
    verbatim: true,
    keepNulls: true,
    description: 'Values of fields that a document lacks.',
  },
  start_date,
  end_date,
  lookback,
  sample_size,
}

/** What is read, and in what pieces. */
export const readingProperties: JsonObject = {
  databases: {
    type: 'array',
    items: { type: 'string' },
    description: 'Databases to discover; wildcards work, `!` leaves out. Default: all but the system databases.',
    examples: [['shop', 'crm_*', '!crm_test']],
  },
  collections: {
    type: 'array',
    items: { type: 'string' },
    description: 'Collections to discover, as `collection` or `database.collection`; wildcards work, `!` leaves out.',
    examples: [['orders', 'crm.person*', '!tmp_*']],
  },
  stream_name: {
    type: 'string',
    enum: ['db-coll', 'db_coll', 'collection'],
    description: 'What streams are called in messages: database and collection, or the collection alone.',
    default: 'db-coll',
  },
  stream_prefix: { type: 'string', description: 'Put before the name of each stream in messages.', default: '' },
  streams: {
    type: 'object',
    isOneRow: true,
    description:
      'By stream id, settings of one stream: `filter`, `projection`, `defaults`, `start_date`, `end_date`, `lookback`, `sample_size`.',
    default: {},
    additionalProperties: { type: 'object', additionalProperties: false, properties: ofOneStream },
    examples: [{ 'shop-orders': { filter: { total: { $gt: 0 } }, projection: { internal: 0 } } }],
  },
  start_date,
  end_date,
  lookback: { ...lookback, default: 0 },
  batch_size: {
    type: 'integer',
    minimum: 1,
    description:
      'The most documents of one query; fewer where `checkpoint_bytes` are reached before. Of a change stream 1,000 events at most.',
    default: 10_000,
  },
  checkpoint_bytes: {
    type: 'integer',
    minimum: 1,
    description: 'About so many bytes of documents are read by one query, and between two STATEs of a copy.',
    default: 2_097_152,
  },
}

/** What becomes of documents and their values. */
export const valueProperties: JsonObject = {
  strategy: {
    type: 'string',
    enum: ['infer', 'envelope', 'raw'],
    description:
      'A column per field, as found in a sample and while reading (infer); `_id`, `document` and `_sdc_deleted_at` (envelope); or one open object (raw).',
    default: 'infer',
  },
  sample_size: { ...sample_size, default: 2000 },
  document_format: {
    type: 'string',
    enum: ['plain', 'relaxed_ejson', 'canonical_ejson'],
    description: 'Values as plain JSON, or as Extended JSON of MongoDB.',
    default: 'plain',
  },
  decimal: {
    type: 'string',
    enum: ['number', 'string'],
    description: 'Decimal128 as a JSON number with all its digits, or as a string with `format: singer.decimal`.',
    default: 'number',
  },
  binary: {
    type: 'string',
    enum: ['base64', 'hex'],
    description: 'Text form of binary values other than UUIDs.',
    default: 'base64',
  },
  non_finite: {
    type: 'string',
    enum: ['null', 'error'],
    description: 'NaN and Infinity, which JSON does not have: null, counted and reported, or the stream fails.',
    default: 'null',
  },
  date_out_of_range: {
    type: 'string',
    enum: ['null', 'clamp', 'error'],
    description:
      'Dates outside the years 1 to 9999: null, counted and reported; the nearest date inside; or the stream fails.',
    default: 'null',
  },
  invalid_utf8: {
    type: 'string',
    enum: ['error', 'replace'],
    description: 'Text that is not UTF-8: the stream fails, or what is wrong becomes U+FFFD.',
    default: 'error',
  },
}
