import { isObject, type Json, type JsonObject } from './json.js'

/** `{ bookmarks: { [stream id]: Bookmark }, currently_syncing?, … }`. A value: never changed, only replaced. */
export type State = JsonObject
export type Bookmark = JsonObject

export function bookmarkOf(state: State, streamId: string): Bookmark {
  const bookmark = ownValue(bookmarks(state), streamId)
  return isObject(bookmark) ? bookmark : {}
}

/** The state with this bookmark in place of the stream's old one; everything else as it came. */
export function withBookmark(state: State, streamId: string, bookmark: Bookmark): State {
  return { ...state, bookmarks: withKey(bookmarks(state), streamId, bookmark) }
}

/** `null` when no stream is under way. */
export function withCurrentlySyncing(state: State, streamId: string | null): State {
  return { ...state, currently_syncing: streamId }
}

function bookmarks(state: State): JsonObject {
  return isObject(state.bookmarks) ? state.bookmarks : {}
}

function ownValue(object: JsonObject, key: string) {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

// A computed key, unlike an assignment, also takes a stream called `__proto__`.
function withKey(object: JsonObject, key: string, value: Bookmark): JsonObject {
  return { ...object, [key]: value }
}

/**
 * How far the last run came, as both the SDK's and singer-io's taps write it. Undefined when it followed another key:
 * then its value says nothing. `progress_markers` do not count: the rows before them may be missing.
 */
export function positionOf(bookmark: Bookmark, replicationKey: string): Json | undefined {
  const { replication_key: key, replication_key_value: value } = bookmark
  return key === replicationKey && value !== null ? value : undefined
}

/** The bookmark without what says where a stream stands: in the words that taps share, and in those of one tap. */
export function withoutPosition(bookmark: Bookmark, ownWords: readonly string[]): Bookmark {
  const gone = new Set([...positionWords, ...ownWords])
  return Object.fromEntries(Object.entries(bookmark).filter(([key]) => !gone.has(key)))
}

/** Of this project's taps, of singer-io's, and of the SDK's. */
const positionWords = [
  ...['version', 'max_pk_values', 'last_pk_fetched', 'initial_full_table_complete'],
  ...['replication_key', 'replication_key_value', 'boundary'],
  ...['starting_replication_value', 'replication_key_signpost', 'progress_markers'],
]

/** Milliseconds since 1970. */
export function versionOf({ version }: Bookmark): number | undefined {
  return typeof version === 'number' && Number.isSafeInteger(version) ? version : undefined
}

/** How far an INCREMENTAL stream has come. `hashes`: of the records at that value that were sent. */
export interface KeyPosition {
  readonly value: Json
  readonly hashes?: readonly string[] | undefined
}

export function keyBookmark(replicationKey: string, position: KeyPosition | undefined): Bookmark {
  if (!position) return { replication_key: replicationKey }
  const { value, hashes } = position
  return { replication_key: replicationKey, replication_key_value: value, ...(hashes ? { boundary: hashes } : {}) }
}
