import { Digits, type Json, type JsonObject, stableText } from '../../singer/index.js'
import { isObject } from '../../singer/json.js'
import { type Bookmark, keyBookmark, positionOf, withoutPosition } from '../../singer/state.js'
import type { Position } from './boundary.js'
import { type KeyRules, keyOf } from './key-order.js'
import type { Partition } from './partitions.js'
import type { ReplicationKey } from './replication-key.js'

/** The bookmark without what says where a stream stands, in the words of this tap and of its peers. */
export function carriedOver(bookmark: Bookmark): Bookmark {
  return withoutPosition(bookmark, ownWords)
}

const ownWords = ['per_parent', 'parent', 'partitions']

/** Then its values say nothing. */
export function isOfOtherKey({ replication_key: named }: Bookmark, { name, aliases }: ReplicationKey): boolean {
  return typeof named === 'string' && named !== name && !aliases.includes(named)
}

/** The value that the bookmark has for this key, whichever tap named it. */
export function storedValue(bookmark: Bookmark, { name, aliases }: ReplicationKey): Json | undefined {
  for (const each of [name, ...aliases]) {
    const stored = positionOf(bookmark, each)
    if (stored !== undefined) return stored
  }
  return undefined
}

export function storedPosition(bookmark: Bookmark, key: ReplicationKey, rules: KeyRules): Position | undefined {
  const { boundary } = bookmark
  const stored = keyOf(storedValue(bookmark, key), rules)
  return stored && { key: stored, ...(Array.isArray(boundary) ? { hashes: boundary.map(String) } : {}) }
}

export function positionBookmark({ name }: ReplicationKey, position: Position | undefined): Bookmark {
  if (!position) return keyBookmark(name, undefined)
  const { key, hashes = [] } = position
  const value = key.value instanceof Digits ? key.value.text : key.value
  return keyBookmark(name, { value, ...(hashes.length > 0 ? { hashes } : {}) })
}

/** The bookmarks of parents as the SDK's taps write them: a list, each with the parent's values as its `context`. */
export function sdkPartitions({ partitions }: Bookmark): (partition: Partition) => Bookmark | undefined {
  const byValues = new Map<string, Bookmark | undefined>()
  for (const each of Array.isArray(partitions) ? partitions : []) {
    if (!isObject(each) || !isObject(each.context)) continue
    const values = valuesText(each.context)
    byValues.set(values, byValues.has(values) ? undefined : each)
  }
  return ({ scopes }) => (byValues.size === 0 ? undefined : byValues.get(valuesText(scopes)))
}

// Their names are those that the other tap gave them: `issue_number` is our `parent.number`. Values say enough, as long as
// no two contexts have the same.
function valuesText(context: JsonObject): string {
  return stableText(leaves(context).toSorted(byCodeUnits))
}

function leaves(value: Json): string[] {
  if (isObject(value)) return Object.values(value).flatMap(leaves)
  return [typeof value === 'string' ? value : stableText(value)]
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
