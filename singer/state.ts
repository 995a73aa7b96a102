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
