import { fieldAt } from '../bson/raw-value.js'
import { behind } from '../keyset.js'
import { cursorPages, pages, type Query } from '../reading/pages.js'
import { allOf, streamFilter } from '../reading/stream-filter.js'
import { assertWithoutValue, type ReplicationKey } from '../replication-key.js'
import type { Source } from '../source.js'

/** Documents whose replication key is missing or null, counted and reported: no filter on the key finds them later. */
export async function* pagesWithoutValue(source: Source, key: ReplicationKey): AsyncGenerator<readonly Buffer[]> {
  const { stream, context } = source
  let count = 0
  for await (const page of readWithoutValue(source, key)) {
    assertWithoutValue(source, key, page)
    count += page.length
    yield page
  }
  if (count === 0) return
  const fields = { stream: stream.id, replication_key: key.path, documents: count }
  context.log.warning('documents without a value in the replication key were sent; later runs cannot see them', fields)
}

function readWithoutValue(source: Source, { path }: ReplicationKey): AsyncGenerator<readonly Buffer[]> {
  const without = allOf(streamFilter(source), { [path]: null })
  if (source.collection.isView) return cursorPages(source, { filter: without, sort: {} })
  return pages(source, (last): Query => {
    const id = last && fieldAt(last, ['_id'])
    return { filter: allOf(without, id && behind('_id', id)), sort: { _id: 1 } }
  })
}
