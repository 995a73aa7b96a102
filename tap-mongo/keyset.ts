import type { RawValue } from './bson/raw-value.js'

/** A filter of `find` on one field, in the full order of BSON types, not only within the value's own bracket. */
export type Filter = Readonly<Record<string, unknown>>

/**
 * Documents whose field stands behind this value. For `_id` and for replication keys, dotted paths too.
 * @throws SourceError when the value's type has no place in the table: never a filter that ends early.
 */
export function behind(_path: string, _value: RawValue): Filter {
  throw new Error('contract')
}

/** At or behind. */
export function from(_path: string, _value: RawValue): Filter {
  throw new Error('contract')
}

/** At or before: brackets before it whole, its own up to it. */
export function upTo(_path: string, _value: RawValue): Filter {
  throw new Error('contract')
}

/** Before it. */
export function before(_path: string, _value: RawValue): Filter {
  throw new Error('contract')
}

/** Equal to it, whatever it is: NaN, null (not a missing field), documents. */
export function at(_path: string, _value: RawValue): Filter {
  throw new Error('contract')
}
