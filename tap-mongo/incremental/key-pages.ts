import { SourceError } from '../../singer/index.js'
import { fieldAt, type RawValue } from '../bson/raw-value.js'
import { behindBoth, type Filter, inRange, notBeyond } from '../keyset.js'
import { cursorPages, firstDocument, pages, type Query } from '../reading/pages.js'
import { allOf, streamFilter } from '../reading/stream-filter.js'
import { assertOrdered, type ReplicationKey } from '../replication-key.js'
import { type Source, titleOf } from '../source.js'
import { keyIndex } from './index-check.js'
import type { KeyRange } from './key-range.js'

/** Documents of the range that have a value in the key, in the order of the key, then of `_id`. */
export async function* keyPages(
  source: Source,
  key: ReplicationKey,
  range: KeyRange,
): AsyncGenerator<readonly Buffer[]> {
  if (!range.upper) return
  if (source.collection.isView) {
    const fields = { stream: source.stream.id, replication_key: key.path }
    source.context.log.warning('no index to read by: the server sorts all documents, and one cursor reads them', fields)
    yield* cursorPages(source, queryOf(source, key, range))
    return
  }
  const index = await keyIndex(source, key)
  if (index === 'key') yield* byStep(source, key, range)
  else yield* pages(source, (last) => queryOf(source, key, range, last && placeOf(source, key, last)))
}

/** Of a document that was read. */
interface Place {
  readonly value: RawValue | undefined
  readonly id: RawValue
}

/**
 * An index on the key alone gives no order by `_id`: the server would sort all that follows for each page. So the index
 * says first how far about a page reaches, and what is sorted is no more than that.
 */
async function* byStep(source: Source, key: ReplicationKey, range: KeyRange): AsyncGenerator<readonly Buffer[]> {
  let place: Place | undefined
  for (;;) {
    const end = await endOfStep(source, key, range, place)
    const step = end ? { ...range, upper: { value: end, isIn: true } } : range
    const begin = place
    for await (const page of pages(source, (last) =>
      queryOf(source, key, step, last ? placeOf(source, key, last) : begin),
    )) {
      const last = page.at(-1)
      if (last) place = placeOf(source, key, last)
      yield page
    }
    if (!end || source.context.signal.aborted) return
  }
}

/** The key some documents further on, behind the key that was reached; undefined: there are fewer left. */
async function endOfStep(source: Source, key: ReplicationKey, range: KeyRange, place: Place | undefined) {
  const { path } = key
  const ahead = place?.value ? inRange(path, { value: place.value, isIn: false }, range.upper) : startOf(key, range)
  const filter = allOf(streamFilter(source), ahead)
  const skip = source.config.batch_size - 1
  try {
    const query = { filter, sort: { [path]: 1 }, skip, projection: { [path]: 1, _id: 0 } } as const
    const document = await firstDocument(source, query)
    const value = document && key.valueOf(document)
    return value && assertOrdered(source, key, value)
  } catch (problem) {
    if (source.context.signal.aborted) return undefined
    throw problem
  }
}

function queryOf(source: Source, key: ReplicationKey, range: KeyRange, place?: Place): Query {
  const { path } = key
  const filter = place ? behindBoth(path, place, range.upper) : startOf(key, range)
  return { filter: allOf(streamFilter(source), filter), sort: { [path]: 1, _id: 1 } }
}

/**
 * Of a whole collection without a bound on types: so that also keys are seen, and refused, that no range holds, such as
 * MinKey and empty arrays, which come first.
 */
function startOf({ path }: ReplicationKey, { lower, upper }: KeyRange): Filter {
  if (lower) return inRange(path, { value: lower, isIn: true }, upper)
  return allOf({ [path]: { $ne: null } }, ...(upper ? notBeyond(path, upper) : []))
}

function placeOf({ collection }: Source, key: ReplicationKey, document: Buffer): Place {
  const id = fieldAt(document, ['_id'])
  if (id) return { value: key.valueOf(document), id }
  throw new SourceError(`read ${titleOf(collection)}: a document has no _id to go on behind`)
}
