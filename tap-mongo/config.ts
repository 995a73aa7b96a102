import type { Json, JsonObject } from '../singer/index.js'
import type { JsonSchema } from '../singer/schema.js'
import { logProperties } from './settings/log-settings.js'
import { peerProperties } from './settings/peer-settings.js'
import { readingProperties, valueProperties } from './settings/reading-settings.js'
import { serverProperties } from './settings/server-settings.js'

/**
 * The settings after their check, as they were given: defaults are filled in, texts like "27017" and "true" are numbers
 * and booleans. `resolvedConfig` says in our own words what those of the Python taps mean.
 */
export interface Config extends ServerConfig {
  /** Globs; `!` leaves out. `databases` says which, `collections` which of them, as `collection` or `database.collection`. */
  readonly databases?: readonly string[]
  readonly collections?: readonly string[]
  readonly database?: string
  readonly filter_collections?: readonly string[]
  readonly database_includes?: readonly string[]
  readonly database_excludes?: readonly string[]
  readonly stream_name: 'db-coll' | 'db_coll' | 'collection'
  readonly include_schemas_in_destination_stream_name?: boolean
  readonly stream_prefix: string
  readonly prefix?: string
  readonly strategy: 'infer' | 'envelope' | 'raw'
  readonly sample_size: number
  readonly infer_schema_max_docs?: number
  readonly document_format: 'plain' | 'relaxed_ejson' | 'canonical_ejson'
  readonly decimal: 'number' | 'string'
  readonly binary: 'base64' | 'hex'
  readonly non_finite: 'null' | 'error'
  readonly date_out_of_range: 'null' | 'clamp' | 'error'
  readonly datetime_conversion?: string
  readonly invalid_utf8: 'error' | 'replace'
  readonly start_date?: string
  readonly end_date?: string
  readonly lookback: number
  readonly batch_size: number
  readonly checkpoint_bytes: number
  readonly read_preference?: 'primary' | 'primaryPreferred' | 'secondary' | 'secondaryPreferred' | 'nearest'
  /** By stream id. */
  readonly streams: Readonly<Record<string, StreamConfig>>
  readonly full_document: 'lookup' | 'when_available' | 'required'
  readonly pre_images: 'off' | 'when_available'
  readonly on_history_lost: 'error' | 'copy_again'
  readonly max_run_seconds?: number
  readonly idle_seconds?: number
  readonly await_time_ms: number
  readonly copy_slice_seconds: number
  readonly start_at_operation_time?: string
  readonly enable_documentdb_change_streams: boolean
  readonly allow_modify_change_streams?: boolean
}

/** Where the server is and how to log in. */
export interface ServerConfig {
  readonly uri?: string
  readonly mongodb_connection_string?: string
  /** z3z1ma's: arguments of pymongo's MongoClient. */
  readonly mongo?: JsonObject
  readonly documentdb_credential_json_string?: string
  readonly documentdb_credential_json_extra_options?: string
  readonly host?: string
  readonly port: number
  readonly user?: string
  readonly password?: string
  readonly auth_database?: string
  readonly srv: boolean
  readonly tls?: boolean
  readonly ssl?: boolean
  readonly tls_ca?: string
  readonly tls_cert?: string
  readonly verify_mode: boolean
  readonly replica_set?: string
}

/** Of one stream; what it does not say, the settings of all say. */
export interface StreamConfig {
  /** Of the documents to read, as Extended JSON. Not for LOG_BASED. */
  readonly filter?: JsonObject | string
  /** As `find` takes it, inclusions or exclusions of top-level fields. */
  readonly projection?: JsonObject | string
  readonly lookback?: number
  /** Values of fields that a document lacks. */
  readonly defaults?: Readonly<Record<string, Json>>
  readonly start_date?: string
  readonly end_date?: string
  readonly sample_size?: number
}

export const settings: JsonSchema = {
  type: 'object',
  properties: { ...serverProperties, ...readingProperties, ...valueProperties, ...logProperties, ...peerProperties },
  anyOf: [
    { required: ['uri'] },
    { required: ['host'] },
    { required: ['mongodb_connection_string'] },
    { required: ['mongo'] },
    { required: ['documentdb_credential_json_string'] },
  ],
}
