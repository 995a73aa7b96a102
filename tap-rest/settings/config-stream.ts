import { asObject, isObject, type Json, type JsonObject, textsOf } from '../../singer/json.js'
import type { JsonSchema } from '../../singer/schema.js'
import type { BodyType } from '../http/http.js'
import { type AuthSettings, authSchema } from './config-auth.js'
import {
  type IncrementalSettings,
  incrementalSchema,
  limits,
  type PaginateSettings,
  paginateSchema,
} from './config-paging.js'
import type { ErrorRule, Format } from './plan.js'

/** What the top level, `defaults` and a stream may say of requests and records. */
export interface SharedSettings {
  readonly auth?: AuthSettings
  readonly method?: string
  readonly headers?: JsonObject
  readonly params?: JsonObject
  readonly body?: Json
  readonly body_type?: BodyType
  readonly records?: string
  readonly records_optional?: boolean
  readonly format?: Format
  readonly primary_key?: string | readonly string[]
  readonly paginate?: string | PaginateSettings
  readonly max_pages?: number
  readonly max_records?: number
  readonly incremental?: IncrementalSettings
  readonly schema?: Json
  readonly flatten?: FlattenSettings
  readonly raw_record?: boolean
  readonly retry?: RetrySettings
  readonly errors?: readonly { readonly when: string; readonly then: ErrorRule['then'] }[]
  readonly rate?: RateSettings
  readonly safe?: boolean
}

export interface StreamSettings extends SharedSettings {
  readonly path?: string
  readonly parent?: string
  readonly include?: Json
  readonly concurrency?: number
  readonly state?: 'global' | 'per_parent' | 'none'
  readonly list?: readonly Json[]
  readonly chunk?: number
  readonly child_of_changed?: boolean
}

export interface FlattenSettings {
  readonly separator?: string
  readonly max_depth?: number
  readonly except?: readonly string[]
  readonly clean_names?: boolean
}

export interface RetrySettings {
  readonly attempts?: number
  readonly base?: number
  readonly cap?: number
  readonly max_wait?: number
  readonly wait_from?: string
  readonly extra?: number
}

export interface RateSettings {
  readonly per_second?: number
  readonly burst?: number
  readonly limit?: number
  readonly window?: string
  readonly concurrency?: number
  readonly scope?: string
}

const text = (description: string, more: JsonSchema = {}): JsonSchema => ({ type: 'string', description, ...more })
const flag = (description: string): JsonSchema => ({ type: 'boolean', description })
const choice = (values: readonly string[], description: string): JsonSchema => text(description, { enum: values })
const names = (description: string): JsonSchema => ({
  type: ['string', 'array'],
  items: { type: 'string' },
  description,
})

export const sharedProperties: JsonObject = {
  auth: authSchema,
  method: text('HTTP method. Default: GET.', { examples: ['POST'] }),
  headers: { type: 'object', verbatim: true, description: 'Headers. `null` removes one of a lower level.' },
  params: {
    type: 'object',
    verbatim: true,
    description: 'Parameters of the query; a list repeats one. `null` removes one of a lower level.',
    examples: [{ per_page: 100 }],
  },
  body: { verbatim: true, description: 'Body, with placeholders at any depth.' },
  body_type: choice(['json', 'form', 'raw'], 'How the body is written. Default: json.'),
  records: text(
    'Where the records are in the answer: `data.items`, `$.data[*]`, any JSONPath; `$` for the body itself. Default: auto, printed and frozen in the catalog.',
    { examples: ['data.items'] },
  ),
  records_optional: flag(
    'An answer without anything at `records` has no records. Default: false, it stops the stream.',
  ),
  format: choice(['auto', 'json', 'ndjson', 'csv'], 'Format of the answers. Default: auto, from the content type.'),
  primary_key: names('The fields that identify a record; dotted paths reach inner ones.'),
  paginate: paginateSchema,
  ...limits,
  incremental: incrementalSchema,
  schema: {
    verbatim: true,
    description:
      'A JSON Schema of the records, the name of its file, or `{infer: {records: 1000, pages: 5, parents: 5}}`: so many are looked at.',
  },
  flatten: {
    type: 'object',
    additionalProperties: false,
    isOneRow: true,
    description: 'Make columns of inner objects: `{separator: "__", max_depth, except: []}`. Default: off.',
    properties: {
      separator: text('Between outer and inner name. Default: __.'),
      max_depth: { type: 'integer', minimum: 0, description: 'How many levels. Default: all.' },
      except: { type: 'array', items: { type: 'string' }, description: 'Fields that become JSON text instead.' },
      clean_names: flag('`-` and `.` in names become `_`. Default: false.'),
    },
  },
  raw_record: flag('Add a column `_sdc_raw_json` with the record as text. Default: false.'),
  retry: {
    type: 'object',
    additionalProperties: false,
    isOneRow: true,
    description:
      'Failed requests are repeated: `{attempts: 8, base: 1, cap: 60, max_wait: 900, wait_from, extra}`, times in seconds.',
    properties: {
      attempts: { type: 'integer', minimum: 1, description: 'At most so many in all.' },
      base: { type: 'number', exclusiveMinimum: 0, description: 'Longest wait before the second; doubles then.' },
      cap: { type: 'number', exclusiveMinimum: 0, description: 'Longest wait.' },
      max_wait: { type: 'number', minimum: 0, description: 'A server that asks for a longer wait ends the stream.' },
      wait_from: text('Header, or `body.PATH`, that holds the seconds to wait. The usual headers are known.'),
      extra: { type: 'number', minimum: 0, description: 'Added to each wait that the server asks for.' },
    },
  },
  errors: {
    type: 'array',
    description: 'What answers mean, the first rule that fits: `{when: EXPRESSION, then: ACTION}`.',
    // biome-ignore lint/suspicious/noThenProperty: a setting
    examples: [[{ when: 'status == 404', then: 'ignore' }]],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['when', 'then'],
      properties: {
        when: text('An expression.'),
        // biome-ignore lint/suspicious/noThenProperty: a setting
        then: choice(
          ['fail', 'retry', 'ignore', 'stop', 'refresh_token', 'reset_pagination', 'rate_limited'],
          'What to do.',
        ),
      },
    },
  },
  rate: {
    type: 'object',
    additionalProperties: false,
    isOneRow: true,
    description: 'At most so many requests: `{per_second, burst, concurrency}` or `{limit, window: PT1M, scope}`.',
    examples: [{ limit: 100, window: 'PT1M' }],
    properties: {
      per_second: { type: 'number', exclusiveMinimum: 0, description: 'Requests per second.' },
      burst: { type: 'integer', minimum: 1, description: 'So many at once after a pause.' },
      limit: { type: 'integer', minimum: 1, description: 'Requests per `window`.' },
      window: text('A duration such as PT1M, or seconds.'),
      concurrency: { type: 'integer', minimum: 1, description: 'Requests at the same time.' },
      scope: text('Streams with the same scope share the limit. Default: those of the same host.'),
    },
  },
  safe: flag('The request may be repeated when it failed. Default: true.'),
}

/** `defaults` and streams. There `null` takes back what a lower level said. */
export const streamProperties: JsonObject = withNull({
  path: text('Joined with `base_url`; or an absolute URL, whose origin must be that of `base_url` or allowed.'),
  ...sharedProperties,
  parent: text(
    'The stream whose records are this stream’s occasions: `{parent.FIELD}` in path, params, headers, body.',
  ),
  include: {
    verbatim: true,
    description:
      'Further columns: `{column: FIELD of the parent or "{params.x}"}`, or a list of fields of the parent, which become `_parent_FIELD`.',
  },
  concurrency: {
    type: 'integer',
    minimum: 1,
    maximum: 64,
    description: 'So many parents at the same time. Default: 1.',
  },
  state: choice(['global', 'per_parent', 'none'], 'One bookmark, one per parent, or none. Default: global.'),
  list: {
    type: 'array',
    verbatim: true,
    description: 'Values for `{list}`: a request each, for each parent if there is one.',
  },
  chunk: { type: 'integer', minimum: 1, description: 'So many parents in one request: `{parent.id|join(,)}`.' },
  child_of_changed: flag('Only parents that this run has read, if the parent is incremental. Default: false.'),
})

function withNull(properties: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([key, property]) => {
      const schema = asObject(property)
      if (!isObject(property) || schema.type === undefined) return [key, property]
      const values = Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {}
      return [key, { ...schema, type: [...textsOf(schema.type), 'null'], ...values }]
    }),
  )
}
