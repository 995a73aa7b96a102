import type { JsonObject } from './json.js'
import type { JsonSchema } from './schema.js'
import type { IsWanted } from './select-unknown.js'

/** The wire form, as `--discover` prints it and `--catalog` reads it. */
export interface Catalog {
  readonly streams: readonly CatalogEntry[]
  /**
   * Streams that the source would not describe. `--discover` fails with them; a run without a catalog goes on with the
   * others and fails at its end. Not part of the wire form.
   */
  readonly failed?: readonly FailedStream[]
}

export interface FailedStream {
  readonly id: string
  readonly problem: unknown
}

export type CatalogEntry = {
  readonly tap_stream_id: string
  /** The name on the wire. */
  readonly stream: string
  readonly schema: JsonSchema
  readonly key_properties: readonly string[]
  readonly metadata: readonly MetadataEntry[]
  readonly table_name?: string
  readonly replication_key?: string
  readonly replication_method?: ReplicationMethod
}

export type MetadataEntry = {
  /** `[]` for the stream, `['properties', name, 'properties', …]` for a property at any depth. */
  readonly breadcrumb: readonly string[]
  readonly metadata: JsonObject
}

export type ReplicationMethod = 'FULL_TABLE' | 'INCREMENTAL' | 'LOG_BASED'

/** A selected stream, resolved once: metadata first, legacy keys second. No breadcrumbs from here on. */
export interface Stream {
  readonly id: string
  readonly name: string
  /** The catalog's schema with the selected properties only, at every depth, in the catalog's order. Keys included. */
  readonly schema: JsonSchema
  /** Breadcrumbs of properties that the catalog knows and that are left out; those within them are not named. */
  readonly deselected: readonly (readonly string[])[]
  readonly keyProperties: readonly string[]
  /** Absent where neither catalog nor settings name one: the tap decides. */
  readonly replicationMethod?: ReplicationMethod
  readonly replicationKey?: string
  readonly isView: boolean
  /** Metadata of the root: `database-name`, `schema-name`, …; legacy keys in the metadata's spelling. */
  readonly metadata: JsonObject
  readonly tableName?: string
  /** Of fields that the catalog does not know. Absent: all are wanted. */
  readonly isWanted?: IsWanted
}
