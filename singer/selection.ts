import type { ReplicationMethod, Stream } from './catalog.js'
import {
  type Breadcrumb,
  booleanOf,
  idOf,
  metadataOf,
  type Property,
  pathsOf,
  propertiesOf,
  rootMetadataOf,
} from './catalog-entry.js'
import { ConfigError } from './errors.js'
import { asObject, isObject, type Json, type JsonObject, textsOf } from './json.js'
import type { Log } from './log.js'
import type { JsonSchema } from './schema.js'

/**
 * The selected streams of a catalog, whoever edited it: metadata first, legacy keys of stream and schema second.
 * @throws ConfigError when a key is not in the schema (unless schemas are open), a method is unknown, or two streams have
 * one name on the wire.
 */
export function selectedStreams(entries: readonly JsonObject[], log: Log, hasOpenSchemas = false): Stream[] {
  const known = hasOpenSchemas ? entries.map(withProperties) : entries
  const streams = known.filter(isSelected).map((entry) => streamOf(entry, { log, hasOpenSchemas }))
  refuseSharedNames(streams)
  return streams
}

function isSelected(entry: JsonObject): boolean {
  const root = rootMetadataOf(entry)
  const answers = [root.selected, entry.selected, asObject(entry.schema).selected, root['selected-by-default']]
  return answers.map(booleanOf).find((answer) => answer !== undefined) ?? false
}

/** singer-io's tap-mongodb writes `{"type": "object"}`. */
function withProperties(entry: JsonObject): JsonObject {
  const schema = asObject(entry.schema)
  return isObject(schema.properties) ? entry : { ...entry, schema: { type: 'object', ...schema, properties: {} } }
}

interface Reading {
  readonly log: Log
  readonly hasOpenSchemas: boolean
}

function streamOf(entry: JsonObject, { log, hasOpenSchemas }: Reading): Stream {
  const id = idOf(entry)
  const schema = asObject(entry.schema)
  if (!isObject(schema.properties)) throw new ConfigError(`catalog: stream ${id} has no schema with properties`)
  const root = rootMetadataOf(entry)
  const names = {
    keys: keyProperties(entry, root),
    replicationKey: textOf(root['replication-key'], entry.replication_key),
  }
  const method = replicationMethod(id, entry, root)
  if (!hasOpenSchemas) refuseUnknownKeys(id, schema.properties, names)
  const forced = new Set([...names.keys, names.replicationKey])
  const deselected: Breadcrumb[] = []
  return {
    id,
    name: textOf(entry.stream_alias, entry.stream) ?? id,
    schema: selectedSchema({ id, metadata: metadataOf(entry), forced, deselected, log }, schema, []),
    deselected,
    keyProperties: names.keys,
    ...(method !== undefined && { replicationMethod: method }),
    ...(names.replicationKey !== undefined && { replicationKey: names.replicationKey }),
    isView: booleanOf(root['is-view']) ?? booleanOf(entry.is_view) ?? false,
    metadata: { ...legacyMetadata(entry), ...root },
    ...(typeof entry.table_name === 'string' && { tableName: entry.table_name }),
  }
}

/** The first that names any: a tap writes empty lists where a table has no key. */
function keyProperties(entry: JsonObject, root: JsonObject): string[] {
  const lists = [root['view-key-properties'], root['table-key-properties'], entry.key_properties].map(textsOf)
  return lists.find((list) => list.length > 0) ?? []
}

function replicationMethod(id: string, entry: JsonObject, root: JsonObject): ReplicationMethod | undefined {
  const given = textOf(root['replication-method'], entry.replication_method, root['forced-replication-method'])
  if (given === undefined) return undefined
  const known = methods.find((method) => method === given.toUpperCase().replaceAll('-', '_'))
  if (known) return known
  throw new ConfigError(`catalog: stream ${id}: replication-method must be one of ${methods.join(', ')}`)
}

const methods = ['FULL_TABLE', 'INCREMENTAL', 'LOG_BASED'] as const satisfies readonly ReplicationMethod[]

interface Names {
  readonly keys: readonly string[]
  readonly replicationKey: string | undefined
}

function refuseUnknownKeys(id: string, properties: JsonObject, { keys, replicationKey }: Names): void {
  const unknown = [...keys, ...(replicationKey === undefined ? [] : [replicationKey])].find(
    (name) => !Object.hasOwn(properties, name),
  )
  if (unknown === undefined) return
  const role = unknown === replicationKey ? 'replication key' : 'key property'
  throw new ConfigError(`catalog: stream ${id}: its ${role} ${unknown} is not in its schema; run --discover again`)
}

interface Selecting {
  readonly id: string
  readonly metadata: (breadcrumb: Breadcrumb) => JsonObject
  /** Sent even if deselected. */
  readonly forced: ReadonlySet<string | undefined>
  /** Gathers what is left out. */
  readonly deselected: Breadcrumb[]
  readonly log: Log
}

/** A deselected parent takes its children along; a child without a word of its own goes with its parent. */
function selectedSchema(selecting: Selecting, schema: JsonSchema, at: Breadcrumb): JsonSchema {
  if (!isObject(schema.properties)) {
    return isObject(schema.items)
      ? { ...schema, items: selectedSchema(selecting, schema.items, [...at, 'items']) }
      : schema
  }
  const all = propertiesOf({ properties: schema.properties }, at)
  const kept = all.filter((property) => isIncluded(selecting, property))
  const included = new Set(kept)
  for (const each of all) if (!included.has(each)) selecting.deselected.push(each.breadcrumb)
  const properties = kept.map(({ name, schema: inner, breadcrumb }) => [
    name,
    selectedSchema(selecting, inner, breadcrumb),
  ])
  const names = new Set(kept.map(({ name }) => name))
  const required = schema.required && { required: textsOf(schema.required).filter((name) => names.has(name)) }
  return { ...schema, properties: Object.fromEntries(properties), ...required }
}

function isIncluded({ id, metadata, forced, log }: Selecting, { breadcrumb, name, schema }: Property): boolean {
  const own = metadata(breadcrumb)
  const selected = booleanOf(own.selected) ?? booleanOf(schema.selected)
  const inclusion = textOf(own.inclusion, schema.inclusion)
  if (inclusion === 'unsupported') {
    const property = pathsOf(breadcrumb).at(-1) ?? name
    if (selected) log.warning('a selected property is left out: its type is not supported', { stream: id, property })
    return false
  }
  if (inclusion === 'automatic' || (breadcrumb.length === 2 && forced.has(name))) return true
  return selected ?? booleanOf(own['selected-by-default']) ?? true
}

function legacyMetadata(entry: JsonObject): JsonObject {
  const keys = ['database_name', 'schema_name', 'is_view', 'row_count'].filter((key) => entry[key] !== undefined)
  return Object.fromEntries(keys.map((key) => [key.replaceAll('_', '-'), entry[key] ?? null]))
}

function textOf(...values: readonly (Json | undefined)[]): string | undefined {
  return values.filter((value) => typeof value === 'string').find((value) => value !== '')
}

function refuseSharedNames(streams: readonly Stream[]): void {
  const ids = new Map<string, string>()
  for (const { id, name } of streams) {
    const other = ids.get(name)
    if (other !== undefined) {
      throw new ConfigError(`catalog: the streams ${other} and ${id} would both be sent as ${name}; select one of them`)
    }
    ids.set(name, id)
  }
}
