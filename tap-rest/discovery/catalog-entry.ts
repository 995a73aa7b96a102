import { allProperties } from '../../singer/catalog-entry.js'
import type { CatalogEntry, MetadataEntry } from '../../singer/index.js'
import { asObject, type JsonObject } from '../../singer/json.js'
import { keyColumns } from '../records/columns.js'
import type { StreamPlan } from '../settings/plan.js'
import { namedKey } from '../sync/replication-key.js'
import { frozenKey } from './frozen.js'
import type { Look } from './look.js'
import { streamId } from './stream-id.js'

export function catalogEntry(plan: StreamPlan, { schema: found, frozen }: Look): CatalogEntry {
  const id = streamId(plan.name)
  const keys = keyColumns(plan)
  const schema = withKeys(found, keys)
  const replicationKey = replicationKeyIn(plan, asObject(schema.properties))
  const incremental = { replication_key: replicationKey, replication_method: 'INCREMENTAL' } as const
  const root: MetadataEntry = {
    breadcrumb: [],
    metadata: {
      'selected-by-default': true,
      'table-key-properties': keys,
      ...(replicationKey !== undefined && { 'valid-replication-keys': [replicationKey] }),
      ...(Object.keys(frozen).length > 0 && { [frozenKey]: frozen }),
    },
  }
  const properties = allProperties(schema).map(({ breadcrumb }): MetadataEntry => {
    const isKey = breadcrumb.length === 2 && keys.includes(breadcrumb[1] ?? '')
    return { breadcrumb, metadata: { inclusion: isKey ? 'automatic' : 'available', 'selected-by-default': true } }
  })
  return {
    tap_stream_id: id,
    stream: id,
    schema,
    key_properties: keys,
    ...(replicationKey !== undefined && { ...incremental, replication_key: replicationKey }),
    metadata: [root, ...properties],
  }
}

/** A key is a column also where no record has been seen yet. */
function withKeys(schema: JsonObject, keys: readonly string[]): JsonObject {
  const properties = asObject(schema.properties)
  const missing = keys.filter((key) => !Object.hasOwn(properties, key)).map((key) => [key, {}] as const)
  return { type: 'object', ...schema, properties: { ...properties, ...Object.fromEntries(missing) } }
}

/** Under the name that the record's columns give it; a key within an object is none of them. */
function replicationKeyIn({ incremental, flatten }: StreamPlan, properties: JsonObject): string | undefined {
  if (!incremental) return undefined
  const { name, aliases } = namedKey(incremental, flatten)
  return [name, ...aliases].find((each) => Object.hasOwn(properties, each))
}
