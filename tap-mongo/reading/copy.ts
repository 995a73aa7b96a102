import type { Timestamp } from 'mongodb'
import { SourceError } from '../../singer/index.js'
import { fieldAt, isSameValue, type RawValue } from '../bson/raw-value.js'
import { inRange } from '../keyset.js'
import { type Source, titleOf } from '../source.js'
import { firstDocument, pages, type Query } from './pages.js'
import { allOf, streamFilter } from './stream-filter.js'

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
export async function* copyPages(source: Source, load: Load): AsyncGenerator<CopiedPage> {
  const { notBefore } = load
  const max = load.max ?? (await greatestId(source, notBefore))
  if (!max) return
  const own = streamFilter(source)
  const next = (document: Buffer | undefined): Query => {
    const last = document ? idOf(document, source) : load.last
    const range = inRange('_id', last && { value: last, isIn: false }, { value: max, isIn: true })
    return { filter: allOf(own, range), sort: { _id: 1 }, notBefore }
  }
  let reached: Load = { ...load, max }
  for await (const documents of pages(source, next)) {
    reached = { ...reached, last: lastId(documents, reached, source) }
    yield { documents, reached }
  }
}

/** Undefined: the collection is empty. */
async function greatestId(source: Source, notBefore: Timestamp | undefined): Promise<RawValue | undefined> {
  const query: Query = { filter: {}, sort: { _id: -1 }, projection: { _id: 1 }, notBefore }
  const document = await firstDocument(source, query)
  return document && idOf(document, source)
}

/** A server that compares otherwise than it sorts could give the same page for ever. */
function lastId(documents: readonly Buffer[], { last: before }: Load, source: Source): RawValue | undefined {
  const document = documents.at(-1)
  const last = document && idOf(document, source)
  if (!before || !last || !isSameValue(before, last)) return last
  throw new SourceError(
    `read ${titleOf(source.collection)}: the server finds the same document behind its own _id; ` +
      'leave documents with such an _id out by the setting filter',
  )
}

function idOf(document: Buffer, { collection }: Source): RawValue {
  const id = fieldAt(document, ['_id'])
  if (id) return id
  throw new SourceError(`read ${titleOf(collection)}: it has a document without _id, so nothing tells where to go on`)
}
