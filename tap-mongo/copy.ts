import type { Timestamp } from 'mongodb'
import type { RawValue } from './bson/raw-value.js'
import type { Source } from './source.js'

/** One full read of a collection in the order of `_id`, perhaps over several runs. */
export interface Load {
  /** Milliseconds since 1970. */
  readonly version: number
  /** The greatest `_id` when the load began: documents behind it are left to the next load, or to the change stream. */
  readonly max?: RawValue | undefined
  /** The `_id` of the document that was sent last. */
  readonly last?: RawValue | undefined
  readonly notBefore?: Timestamp | undefined
}

export interface CopiedPage {
  readonly documents: readonly Buffer[]
  /** The load when all of them are sent. */
  readonly reached: Load
}

/** The rest of the load. Not for views. */
export async function* copyPages(_source: Source, _load: Load): AsyncGenerator<CopiedPage> {
  throw new Error('contract')
}
