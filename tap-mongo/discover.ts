import type { FailedStream } from '../singer/catalog.js'
import { allProperties } from '../singer/catalog-entry.js'
import { problemText } from '../singer/errors.js'
import { Gate } from '../singer/gate.js'
import {
  asObject,
  type Catalog,
  type CatalogEntry,
  ConfigError,
  canSelect,
  type JsonObject,
  SourceError,
} from '../singer/index.js'
import { listedCollections, streamId } from './collections.js'
import { codeOf } from './failures/failure.js'
import { sampledDocuments } from './reading/sample.js'
import { sampledSchema } from './record-writer.js'
import { type Collection, type Common, ownSettings } from './source.js'

/** Collections that are looked at side by side: each takes some round trips. */
const sideBySide = 4
const unauthorized = 13

/** `patterns`: a hint; streams that none of them can match may be left out. */
export async function discoverCatalog(common: Common, patterns?: readonly string[]): Promise<Catalog> {
  const collections = await listedCollections(common, patterns)
  assertDistinct(collections)
  reportUnknown(common, collections, patterns)
  const gate = new Gate(sideBySide)
  const failed: FailedStream[] = []
  const entries = await Promise.all(
    collections.map(async (collection) => {
      await gate.enter()
      try {
        common.context.signal.throwIfAborted()
        return await catalogEntry(common, collection)
      } catch (problem) {
        if (common.context.signal.aborted) throw problem
        leaveOut(common, collection, problem, failed)
        return undefined
      } finally {
        gate.leave()
      }
    }),
  )
  const streams = entries.filter((entry) => entry !== undefined)
  return { streams, ...(failed.length > 0 && { failed }) }
}

/** A slip of the pen would leave out a filter, a default or a date. */
function reportUnknown({ config, context }: Common, collections: readonly Collection[], patterns?: readonly string[]) {
  const ids = new Set(collections.map(({ database, name }) => streamId(database, name)))
  for (const id of Object.keys(config.streams)) {
    if (ids.has(id) || (patterns && !canSelect(patterns, id))) continue
    context.log.warning('the setting `streams` names a stream that there is not: it has no effect', { stream: id })
  }
}

/** What the user may not read is none of the streams; all else is a failure. */
function leaveOut({ context }: Common, collection: Collection, problem: unknown, failed: FailedStream[]): void {
  const id = streamId(collection.database, collection.name)
  const cause = problem instanceof SourceError ? problem.cause : problem
  if (codeOf(cause) !== unauthorized) failed.push({ id, problem })
  else context.log.warning('left out: it cannot be read', { stream: id, reason: problemText(problem) })
}

function assertDistinct(collections: readonly Collection[]): void {
  const byId = new Map<string, Collection>()
  for (const collection of collections) {
    const id = streamId(collection.database, collection.name)
    const other = byId.get(id)
    if (other) {
      const both = [other, collection].map(({ database, name }) => JSON.stringify([database, name])).join(' and ')
      throw new ConfigError(
        `two collections would be the stream ${id}: ${both} (database, collection); narrow databases or collections`,
      )
    }
    byId.set(id, collection)
  }
}

async function catalogEntry(common: Common, collection: Collection): Promise<CatalogEntry> {
  const { config } = common
  const id = streamId(collection.database, collection.name)
  const { sample_size = config.sample_size } = ownSettings(config, id)
  const size = config.strategy === 'infer' ? sample_size : 0
  const documents = await sampledDocuments(common, collection, size)
  const schema = sampledSchema(documents, config)
  // Only documents of a view may have no `_id`.
  const keys = Object.hasOwn(asObject(schema.properties), '_id') ? ['_id'] : []
  const properties = allProperties(schema).map(({ breadcrumb }) => ({
    breadcrumb,
    metadata: {
      inclusion: breadcrumb.length === 2 && breadcrumb[1] === '_id' ? 'automatic' : 'available',
      'selected-by-default': true,
    },
  }))
  return {
    tap_stream_id: id,
    stream: wireName(common, collection),
    table_name: collection.name,
    schema,
    key_properties: keys,
    metadata: [{ breadcrumb: [], metadata: await rootMetadata(common, collection, keys) }, ...properties],
  }
}

function wireName({ config }: Common, { database, name }: Collection): string {
  const names = { 'db-coll': streamId(database, name), db_coll: `${database}_${name}`, collection: name }
  return `${config.stream_prefix}${names[config.stream_name]}`
}

async function rootMetadata(
  { deployment }: Common,
  collection: Collection,
  keys: readonly string[],
): Promise<JsonObject> {
  const { database, name, isView } = collection
  const inServer = deployment.client.db(database).collection(name)
  // Neither is worth a stream: clones refuse the one or the other.
  const count = isView ? undefined : await inServer.estimatedDocumentCount().catch(ignored)
  const indexes = isView ? [] : ((await inServer.indexes().catch(ignored)) ?? [])
  const firstFields = indexes.flatMap(({ key }) => Object.keys(key).slice(0, 1))
  return {
    'database-name': database,
    'is-view': isView,
    ...(count !== undefined && { 'row-count': count }),
    [isView ? 'view-key-properties' : 'table-key-properties']: keys,
    'selected-by-default': false,
    'valid-replication-keys': [...new Set([...keys, ...firstFields])],
  }
}

function ignored(): undefined {
  return undefined
}
