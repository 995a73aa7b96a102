import { asObject, type Json, type JsonObject } from '../singer/json.js'
import type { JsonSchema } from '../singer/schema.js'
import { incrementalSchema, paginateSchema } from './settings/config-paging.js'
import {
  type SharedSettings,
  type StreamSettings,
  sharedProperties,
  streamProperties,
} from './settings/config-stream.js'

/** The settings after their check, as they were given: `planOf` says what they mean. */
export interface Config extends SharedSettings {
  readonly base_url: string
  readonly defaults?: StreamSettings
  readonly streams: Readonly<Record<string, string | StreamSettings>>
  readonly start_date?: string
  readonly token_store?: string
  readonly allow_hosts?: readonly string[]
  readonly block_private_networks: boolean
  readonly timeout?: { readonly connect?: number; readonly headers?: number; readonly body_idle?: number }
  readonly max_response_bytes: number
  readonly user_agent?: string
  readonly proxy?: string
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** For `{config.x}`. */
  readonly [others: string]: unknown
}

const connection: JsonObject = {
  start_date: {
    type: 'string',
    description: 'Where incremental streams begin that name no `start` of their own.',
    examples: ['2024-01-01T00:00:00Z'],
  },
  token_store: {
    type: 'string',
    description: 'File for refresh tokens that may be used only once: the newest is kept there, readable by you alone.',
    examples: ['tokens.json'],
  },
  allow_hosts: {
    type: 'array',
    items: { type: 'string' },
    description: 'Origins or hosts beside that of `base_url` to which requests, links and redirects may go.',
    examples: [['https://files.example.com']],
  },
  block_private_networks: {
    type: 'boolean',
    description: 'Refuse private, loopback and link-local addresses.',
    default: false,
  },
  timeout: {
    type: 'object',
    isOneRow: true,
    description: 'Seconds: `{connect: 10, headers: 30, body_idle: 60}`.',
    additionalProperties: false,
    properties: {
      connect: seconds('Until a connection stands.', 10),
      headers: seconds('Until an answer begins.', 30),
      body_idle: seconds('Between two pieces of an answer.', 60),
    },
  },
  max_response_bytes: {
    type: 'integer',
    minimum: 1,
    description: 'An answer that is longer, once unpacked, stops the stream.',
    default: 268_435_456,
  },
  user_agent: { type: 'string', description: 'Default: tap-rest and its version.', examples: ['acme-sync/1.0'] },
  proxy: {
    type: 'string',
    description: 'URL of a proxy. Default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY.',
    secret: true,
  },
  ca: { type: 'string', description: 'Certificates of the authorities to trust: a path or PEM text.' },
  cert: { type: 'string', description: 'The client certificate: a path or PEM text.' },
  key: { type: 'string', description: "The client certificate's key: a path or PEM text.", secret: true },
}

/** What a stream does not know, but other places do. */
const elsewhere: JsonObject = Object.fromEntries([
  ...Object.keys(asObject(paginateSchema.properties)).map((key) => [key, 'paginate']),
  ...Object.keys(asObject(incrementalSchema.properties)).map((key) => [key, 'incremental']),
  ...Object.keys(connection).map((key) => [key, 'the top level']),
])

export const settings: JsonSchema = {
  type: 'object',
  required: ['base_url', 'streams'],
  // Settings of your own, for placeholders.
  additionalProperties: { verbatim: true },
  properties: {
    base_url: {
      type: 'string',
      description: 'What the paths of streams are joined with.',
      examples: ['https://api.github.com'],
    },
    streams: {
      type: 'object',
      minProperties: 1,
      keepNulls: true,
      description: 'By name. A text is the path of a stream; an object has `path` and any of the settings below.',
      examples: [{ issues: '/repos/{config.repo|raw}/issues' }],
      additionalProperties: {
        type: ['string', 'object'],
        keepNulls: true,
        additionalProperties: false,
        elsewhere,
        properties: streamProperties,
      },
    },
    defaults: {
      type: 'object',
      keepNulls: true,
      isOneRow: true,
      additionalProperties: false,
      description:
        'What holds for each stream that does not say otherwise; `headers`, `params` and `retry` key by key.',
      examples: [{ params: { per_page: 100 }, primary_key: 'id' }],
      properties: streamProperties,
    },
    ...sharedProperties,
    ...connection,
  },
}

function seconds(description: string, fallback: number): Json {
  return { type: 'number', exclusiveMinimum: 0, description: `${description} Seconds.`, default: fallback }
}
