import type { Timestamp } from 'mongodb'
import type { Filter } from './keyset.js'
import type { Source } from './source.js'

/** One `find`. The source's projection is added to it. */
export interface Query {
  readonly filter: Filter
  readonly sort: Readonly<Record<string, 1 | -1>>
  readonly limit?: number
  readonly projection?: Readonly<Record<string, unknown>>
  /** The answer is not older than this: a lagging secondary waits. */
  readonly notBefore?: Timestamp | undefined
}

/**
 * Documents page by page, the next one fetched while this one is used: `next` says what is behind the last document of a
 * page (undefined: the start). Each page is one `find` whose cursor the server closes at once: however slow the reader,
 * nothing is held open. A page has at most `batch_size` documents and about `checkpoint_bytes`; the end is an empty page.
 * What a new attempt can mend (lost connections, elections) is tried again, as often as the pace says.
 * Documents are BSON, valid until the next page but one is asked for. Ends early, without a word, when the run is aborted.
 */
export async function* pages(
  _source: Source,
  _next: (last: Buffer | undefined) => Query,
): AsyncGenerator<readonly Buffer[]> {
  throw new Error('contract')
}

/** One cursor for all, for what has no order to go on in: views, time series. A lost connection fails. */
export async function* cursorPages(_source: Source, _query: Query): AsyncGenerator<readonly Buffer[]> {
  throw new Error('contract')
}

/** The first document of this query. */
export async function firstDocument(_source: Source, _query: Query): Promise<Buffer | undefined> {
  throw new Error('contract')
}
