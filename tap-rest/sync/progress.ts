import { asObject } from '../../singer/json.js'
import type { Bookmark } from '../../singer/state.js'
import { carriedOver, isOfOtherKey, positionBookmark, sdkPartitions, storedValue } from './bookmarks.js'
import type { Findings } from './cursor.js'
import { compareDecimals } from './decimal.js'
import { keyOf } from './key-order.js'
import type { Partition } from './partitions.js'
import { openReading, type Reading } from './reading.js'
import { keyRules, type ReplicationKey } from './replication-key.js'
import { hasLimit, type Source } from './source.js'

/** How far a stream has come, and what of that a STATE may say. */
export interface Progress {
  /** One for all partitions, or one for each: then to be asked for once for each. */
  reading(partition: Partition): Reading
  /** What this reading has kept counts. */
  keep(partition: Partition, reading: Reading): void
  /** Everything was read. */
  complete(): void
  /** Of what is complete; undefined for a stream that has none. */
  bookmark(): Bookmark | undefined
}

export function openProgress(source: Source, bookmark: Bookmark, findings: Findings): Progress {
  const { key, plan } = source
  if (!key) return statelessProgress(source, findings)
  reportVoid(source, key, bookmark)
  switch (plan.partition.state) {
    case 'none':
      return statelessProgress(source, findings)
    case 'per_parent':
      return progressPerParent(source, key, { bookmark, findings })
    case 'global':
      return globalProgress(source, key, { bookmark, findings })
    default:
      return plan.partition.state satisfies never
  }
}

function reportVoid(source: Source, key: ReplicationKey, bookmark: Bookmark): void {
  const { plan, context } = source
  const stream = plan.name
  if (isOfOtherKey(bookmark, key)) {
    const fields = { stream, before: bookmark.replication_key ?? null, now: key.name }
    context.log.warning('the replication key is another one than in the state: all records are read', fields)
  }
  reportStored(source, key, bookmark)
  const isPerParent = bookmark.per_parent !== undefined || bookmark.partitions !== undefined
  if (plan.partition.state === 'global' && isPerParent && bookmark.replication_key_value === undefined) {
    const fields = { stream, setting: 'state: per_parent' }
    context.log.warning('the state has a bookmark for each parent, not one for all: all records are read', fields)
  }
}

/** A state that this tap did not write, or a clock that was wrong. */
function reportStored({ plan, context, startedAt }: Source, key: ReplicationKey, bookmark: Bookmark): void {
  const stored = storedValue(bookmark, key)
  if (stored === undefined) return
  const fields = { stream: plan.name, replication_key: key.name }
  const found = keyOf(stored, keyRules(key, stored))
  if (!found) context.log.warning('the bookmark in the state is no value of a key: all records are read', fields)
  if (found?.kind !== 'time' || !found.order || compareDecimals(found.order, startedAt) <= 0) return
  const message = 'the bookmark in the state lies in the future: records that are older than it may be missing'
  context.log.warning(message, { ...fields, bookmark: stored })
}

interface Begun {
  readonly bookmark: Bookmark
  readonly findings: Findings
}

/** Each partition is read as if for the first time. */
function statelessProgress(source: Source, findings: Findings): Progress {
  return {
    reading: () => openReading(source, {}, { findings, limit: 0 }),
    keep: () => undefined,
    complete: () => undefined,
    bookmark: () => undefined,
  }
}

/** One bookmark, with which all partitions are asked. */
function globalProgress(source: Source, key: ReplicationKey, { bookmark, findings }: Begun): Progress {
  const reading = openReading(source, bookmark, { findings, limit: 10_000 })
  return {
    reading: () => reading,
    keep: () => undefined,
    complete() {
      if (!reading.isCut) reading.kept = reading.mark()
    },
    bookmark: () => ({ ...carriedOver(bookmark), ...positionBookmark(key, reading.kept()) }),
  }
}

/** A bookmark for each, found by the hash of what the requests take from the parent. Parents that are gone are forgotten. */
function progressPerParent(source: Source, key: ReplicationKey, { bookmark, findings }: Begun): Progress {
  const bookmarks = new Map(isOfOtherKey(bookmark, key) ? [] : Object.entries(asObject(bookmark.per_parent)))
  const seen = new Set<string>()
  const sdk = sdkPartitions(bookmark)
  let isComplete = false
  // Until all is read, those that were not reached yet must find what they had.
  const before = () => (isComplete ? {} : unreached(bookmark))
  const storedOf = (partition: Partition): Bookmark => {
    const own = bookmarks.get(partition.id)
    return own === undefined ? (sdk(partition) ?? bookmark) : { replication_key: key.name, ...asObject(own) }
  }
  return {
    reading(partition) {
      seen.add(partition.id)
      return openReading(source, storedOf(partition), { findings, limit: 100 })
    },
    keep({ id }, { kept }) {
      const { replication_key: _, ...position } = positionBookmark(key, kept())
      if (Object.keys(position).length > 0) bookmarks.set(id, position)
    },
    complete() {
      isComplete = true
      if (!readsAllParents(source)) return
      for (const id of bookmarks.keys()) if (!seen.has(id)) bookmarks.delete(id)
    },
    bookmark: () => ({
      ...carriedOver(bookmark),
      ...before(),
      replication_key: key.name,
      per_parent: Object.fromEntries(bookmarks),
    }),
  }
}

/** Then one that was not among them is gone. */
function readsAllParents({ plan, parent }: Source): boolean {
  return !plan.partition.childOfChanged && !(parent && hasLimit(parent.plan))
}

function unreached(bookmark: Bookmark): Bookmark {
  const { partitions, replication_key_value, boundary } = bookmark
  return Object.fromEntries(
    Object.entries({ partitions, replication_key_value, boundary }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  )
}
