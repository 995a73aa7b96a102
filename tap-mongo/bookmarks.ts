import type { Json } from '../singer/index.js'
import type { Bookmark } from '../singer/state.js'
import type { RawValue } from './bson/raw-value.js'
import type { Load } from './copy.js'

/** As canonical Extended JSON where that comes back as the same bytes; else `{"$bson": "base64 of {'': value}"}`. */
export function toBookmark(_value: RawValue): Json {
  throw new Error('contract')
}

/** What toBookmark wrote; plain JSON values are the BSON that they look like. */
export function fromBookmark(_stored: Json): RawValue {
  throw new Error('contract')
}

/** The bookmark without what says where a stream stands, in the words of this tap and of its peers. */
export function carriedOver(_bookmark: Bookmark): Bookmark {
  throw new Error('contract')
}

/** `version`, `max_pk_values`, `last_pk_fetched` of an unfinished load; also those of the peers. */
export function loadBookmark(_load: Load): Bookmark {
  throw new Error('contract')
}

export function storedLoad(_bookmark: Bookmark): Load | undefined {
  throw new Error('contract')
}

/** Of an INCREMENTAL stream, in our words or a peer's; undefined where it followed another key. */
export function storedKey(_bookmark: Bookmark, _replicationKey: string): RawValue | undefined {
  throw new Error('contract')
}
