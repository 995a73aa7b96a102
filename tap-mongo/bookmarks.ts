import type { Timestamp } from 'mongodb'
import type { Json, ReplicationMethod } from '../singer/index.js'
import { isObject } from '../singer/json.js'
import { type Bookmark, versionOf, withoutPosition } from '../singer/state.js'
import { fromBookmark, toBookmark } from './bookmarks/bookmark-value.js'
import { logTime } from './bookmarks/log-time.js'
import { hasLocalDate, peerDate, peerKey, peerLoad, peerStart } from './bookmarks/peer-state.js'
import { BsonType } from './bson/bson-type.js'
import type { RawValue } from './bson/raw-value.js'
import type { Start } from './change-stream/change-stream.js'
import type { Load } from './reading/copy.js'
import type { Source } from './source.js'

export { fromBookmark, toBookmark } from './bookmarks/bookmark-value.js'

/** The bookmark without what says where a stream stands, in the words of this tap and of its peers. */
export function carriedOver(bookmark: Bookmark): Bookmark {
  return withoutPosition(bookmark, ownWords)
}

const ownWords = [
  ...['resume_token', 'resume_token_time', 'start_at_operation_time', 'token'],
  ...['last_replication_method', 'max_id_value', 'max_id_type', 'last_id_fetched', 'last_id_fetched_type'],
  ...['replication_key_name', 'replication_key_type', 'oplog_ts_time', 'oplog_ts_inc'],
]

/**
 * The bookmark, or what is left of it where the stream followed another method or key: then it starts over, and says so.
 */
export function ofThisMethod(
  bookmark: Bookmark,
  { stream, context }: Pick<Source, 'stream' | 'context'>,
  method: ReplicationMethod,
): Bookmark {
  const { id, replicationKey = '' } = stream
  const before = methodOf(bookmark)
  const key = bookmark.replication_key ?? bookmark.replication_key_name
  const hasOtherKey = method === 'INCREMENTAL' && typeof key === 'string' && key !== replicationKey
  if (before !== undefined && before !== method) return startedOver(`the method ${before}`)
  if (hasOtherKey && !peerKey(bookmark, replicationKey)) return startedOver(`the key ${key}`)
  if (hasLocalDate(bookmark)) {
    const warning =
      'the state has a date of a tap that reads dates in the zone of its machine: set it back if that was not UTC'
    context.log.warning(warning, { stream: id })
  }
  return bookmark

  function startedOver(what: string): Bookmark {
    context.log.warning(`the state is of ${what}: the stream starts over`, { stream: id })
    return carriedOver(bookmark)
  }
}

/** Undefined: it does not say. */
function methodOf(bookmark: Bookmark): string | undefined {
  const { last_replication_method: named, resume_token, resume_token_time, replication_key } = bookmark
  if (typeof named === 'string') return named
  if (resume_token || resume_token_time || peerStart(bookmark)) return 'LOG_BASED'
  if (typeof replication_key === 'string') return 'INCREMENTAL'
  return storedLoad(bookmark) || bookmark.initial_full_table_complete === true ? 'FULL_TABLE' : undefined
}

/** `version`, `max_pk_values`, `last_pk_fetched` of an unfinished load. */
export function loadBookmark({ version, max, last }: Load): Bookmark {
  return {
    version,
    ...(max ? { max_pk_values: { _id: toBookmark(max) } } : {}),
    ...(last ? { last_pk_fetched: { _id: toBookmark(last) } } : {}),
  }
}

/** An unfinished load, also one of a peer; undefined: none was interrupted. */
export function storedLoad(bookmark: Bookmark): Load | undefined {
  const version = versionOf(bookmark)
  const { max_pk_values, last_pk_fetched } = bookmark
  const max = storedId(max_pk_values)
  const last = storedId(last_pk_fetched)
  const stored = max || last ? { max, last } : peerLoad(bookmark)
  return version !== undefined && stored ? { version, ...stored } : undefined
}

function storedId(stored: Json | undefined): RawValue | undefined {
  return isObject(stored) && stored._id !== undefined ? fromBookmark(stored._id) : undefined
}

/**
 * Of an INCREMENTAL stream, in our words or a peer's; undefined where it followed another key. `isDate`: of the key by the
 * catalog, since taps of the SDK keep dates as plain texts.
 */
export function storedKey(bookmark: Bookmark, replicationKey: string, isDate = false): RawValue | undefined {
  const { replication_key: key, replication_key_value: value } = bookmark
  const ofPeer = peerKey(bookmark, replicationKey)
  if (ofPeer || key !== replicationKey || value === undefined || value === null) return ofPeer
  return isDate && typeof value === 'string' ? peerDate(value) : fromBookmark(value)
}

/** Of a LOG_BASED stream: the whole token, and the time that it stands for. */
export function tokenBookmark(token: Buffer, time: Timestamp | undefined): Bookmark {
  return {
    resume_token: toBookmark({ type: BsonType.object, bytes: token }),
    ...(time ? { resume_token_time: { t: time.t, i: time.i } } : {}),
  }
}

/** Where a LOG_BASED stream goes on, in our words or a peer's. */
export function storedStart(bookmark: Bookmark): Start | undefined {
  const { resume_token: token } = bookmark
  return isObject(token) ? { kind: 'token', token: fromBookmark(token).bytes } : peerStart(bookmark)
}

/** The time of the token, or, where no token was there yet, the one to start at. */
export function storedTime({ resume_token_time: stored }: Bookmark): Timestamp | undefined {
  if (!isObject(stored)) return undefined
  const { t, i } = stored
  return typeof t === 'number' && typeof i === 'number' ? logTime(t, i) : undefined
}
