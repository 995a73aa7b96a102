import { asObject, type Json, SourceError } from '../singer/index.js'
import type { Bookmark } from '../singer/state.js'
import { storedKey } from './bookmarks.js'
import type { Position } from './boundary.js'
import { BsonType } from './bson/bson-type.js'
import { fieldAt, type RawValue } from './bson/raw-value.js'
import { placeOf } from './reading/brackets.js'
import { type Source, titleOf } from './source.js'

/** The field that says which documents are new. */
export interface ReplicationKey {
  /** As `find` takes it: dots lead into embedded documents. No filter can name a field whose own name holds one. */
  readonly path: string
  /** Undefined: none, or null. */
  valueOf(document: Buffer): RawValue | undefined
}

export function replicationKey({ stream }: Source): ReplicationKey {
  const path = stream.replicationKey
  if (path === undefined || path === '') {
    throw new SourceError(`read stream ${stream.id}: INCREMENTAL needs a replication-key in its metadata`)
  }
  const names = path.split('.')
  return {
    path,
    valueOf(document) {
      const value = fieldAt(document, names)
      return value?.type === BsonType.null || value?.type === BsonType.undefined ? undefined : value
    },
  }
}

/** Where the bookmark stands; undefined where it says nothing about this key. */
export function storedPosition(source: Source, { path }: ReplicationKey, bookmark: Bookmark): Position | undefined {
  const isOurs = bookmark.boundary !== undefined
  const value = storedKey(bookmark, path, !isOurs && isDate(source, path))
  if (!value || value.type === BsonType.null) return undefined
  if (!kinds.has(value.type)) {
    throw new SourceError(
      `read the state of stream ${source.stream.id}: its value of the key ${path} is of the type ${nameOf(value)}, behind ` +
        'which nothing can be read in order; run without this bookmark to start over',
    )
  }
  return Array.isArray(bookmark.boundary) ? { value, hashes: bookmark.boundary.map(String) } : { value }
}

/** By the catalog, which knows no other type of the field. */
function isDate({ stream }: Source, path: string): boolean {
  let schema: Json | undefined = stream.schema
  for (const name of path.split('.')) schema = asObject(asObject(schema).properties)[name]
  return asObject(schema).format === 'date-time'
}

/** What keys may be. Numbers compare with each other, whatever their type; so do strings and symbols. */
const kinds: ReadonlyMap<number, string> = new Map([
  ...[BsonType.double, BsonType.int32, BsonType.int64, BsonType.decimal128].map((type) => [type, 'number'] as const),
  ...[BsonType.string, BsonType.symbol].map((type) => [type, 'string'] as const),
  [BsonType.object, 'object'],
  [BsonType.binary, 'binary'],
  [BsonType.objectId, 'objectId'],
  [BsonType.boolean, 'boolean'],
  [BsonType.date, 'date'],
  [BsonType.timestamp, 'timestamp'],
])

/** @throws SourceError for a value that has no order, or behind which nothing can be read. */
export function assertOrdered({ collection }: Source, { path }: ReplicationKey, value: RawValue): RawValue {
  if (kinds.has(value.type)) return value
  const type = nameOf(value)
  throw new SourceError(
    `read ${titleOf(collection)}: its field ${path}, the replication key, holds a value of the type ${type}, behind which ` +
      `nothing can be read in order; choose another key or FULL_TABLE, or leave such documents out by the setting ` +
      `filter: {"${path}": {"$not": {"$type": "${type}"}}}`,
  )
}

function nameOf({ type }: RawValue): string {
  return Object.entries(BsonType).find(([, code]) => code === type)?.[0] ?? 'unknown'
}

/**
 * Types have an order, too: where the greatest key of the collection is of an earlier type than the bookmark, this run and
 * all later ones find nothing.
 */
export function reportEarlierType(
  source: Source,
  { path }: ReplicationKey,
  stored: RawValue,
  greatest: RawValue,
): void {
  if ((placeOf(greatest) ?? 0) >= (placeOf(stored) ?? 0) || kinds.get(greatest.type) === kinds.get(stored.type)) return
  const fields = { stream: source.stream.id, replication_key: path, before: nameOf(stored), now: nameOf(greatest) }
  const warning =
    'nothing is read: all values of the replication key are of types before that of the bookmark; ' +
    'run without this bookmark to start over'
  source.context.log.warning(warning, fields)
}

/** Looks at the keys in their order: fails where one has no order, and says once that their type changes. */
export function keyCheck(source: Source, key: ReplicationKey, before: RawValue | undefined) {
  const { stream, context } = source
  let kind = before && kinds.get(before.type)
  let hasChanged = false
  return (documents: readonly Buffer[]): void => {
    for (const document of documents) {
      const value = key.valueOf(document)
      if (!value) continue
      const found = kinds.get(assertOrdered(source, key, value).type)
      if (kind !== undefined && found !== kind && !hasChanged) {
        const fields = { stream: stream.id, replication_key: key.path, before: kind, now: found ?? null }
        context.log.warning('the type of the replication key changes: it goes on in the order of types', fields)
        hasChanged = true
      }
      kind = found
    }
  }
}

/**
 * For documents that the server takes to have no value in the key.
 * @throws SourceError where they have one that it cannot order by.
 */
export function assertWithoutValue(source: Source, key: ReplicationKey, documents: readonly Buffer[]): void {
  const { path } = key
  for (const document of documents) {
    const value = key.valueOf(document)
    if (value) assertOrdered(source, key, value)
    if (!path.includes('.') || !fieldAt(document, [path])) continue
    throw new SourceError(
      `read ${titleOf(source.collection)}: the name of its field ${path}, the replication key, holds a dot: the server ` +
        'orders by fields of embedded documents alone; choose another key or FULL_TABLE',
    )
  }
}
