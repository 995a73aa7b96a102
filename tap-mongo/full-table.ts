import {
  backoff,
  bookmarkOf,
  type Message,
  type RecordLines,
  SourceError,
  type State,
  withBookmark,
} from '../singer/index.js'
import type { Bookmark } from '../singer/state.js'
import { stateClock } from '../singer/state-clock.js'
import { carriedOver, loadBookmark, ofThisMethod, storedLoad } from './bookmarks.js'
import { isSameValue } from './bson/raw-value.js'
import { collectionsOf } from './collections.js'
import { ConnectionLostError } from './failures.js'
import { copyPages, type Load } from './reading/copy.js'
import { cursorPages } from './reading/pages.js'
import { streamFilter } from './reading/stream-filter.js'
import type { RecordWriter } from './record-writer.js'
import { type Source, titleOf } from './source.js'

/**
 * All documents of the collection. In the order of `_id` it goes on behind the last document, after a lost connection in
 * the same run, else in the next run from the state; until it is complete the version stays the same.
 */
export async function* syncFullTable(
  source: Source,
  writer: RecordWriter,
  state: State,
): AsyncGenerator<Message | RecordLines> {
  const { stream, context, collection } = source
  const before = bookmarkOf(state, stream.id)
  const bookmark = ofThisMethod(before, source, 'FULL_TABLE')
  const stored = storedLoad(bookmark)
  if (!stored && isUnfinished(bookmark)) {
    context.log.warning('the state of an unfinished load cannot be read: the stream starts over', { stream: stream.id })
  }
  const load = (collection.isView ? undefined : stored) ?? { version: Date.now() }
  // Documents show up early where there were none. Else old ones stay until all new ones are there.
  if (Object.keys(before).length === 0) yield activateVersion(source, load.version)
  const reading = collection.isView
    ? readAtOnce(source, writer, load)
    : readById({ source, writer, load, state, bookmark })
  const version = yield* reading
  if (context.signal.aborted) return
  yield activateVersion(source, version)
  const complete = { ...carriedOver(bookmark), initial_full_table_complete: true }
  yield { type: 'STATE', value: withBookmark(state, stream.id, complete) }
}

function isUnfinished({ max_pk_values, last_pk_fetched }: Bookmark): boolean {
  return (max_pk_values ?? last_pk_fetched ?? null) !== null
}

function activateVersion({ stream }: Source, version: number): Message {
  return { type: 'ACTIVATE_VERSION', stream: stream.name, version }
}

interface Reading {
  readonly source: Source
  readonly writer: RecordWriter
  readonly load: Load
  readonly state: State
  readonly bookmark: Bookmark
}

/** Returns the version. */
async function* readById({ source, writer, load, state, bookmark }: Reading) {
  const { stream, context, pace } = source
  const isDue = stateClock(pace)
  const { version } = load
  let reached = load
  const stateNow = (): Message => {
    const { initial_full_table_complete: was } = bookmark
    const kept = { ...carriedOver(bookmark), ...(was === true ? { initial_full_table_complete: true } : {}) }
    return { type: 'STATE', value: withBookmark(state, stream.id, { ...kept, ...loadBookmark(reached) }) }
  }
  for await (const page of copyPages(source, load)) {
    yield* writer.write(page.documents, { version })
    reached = page.reached
    if (isDue(page.documents.length)) yield stateNow()
  }
  if (context.signal.aborted) yield stateNow()
  else await assertStillThere(source, reached)
  return version
}

/** A collection that is dropped meanwhile looks like one that has come to its end: what was sent is not all of it. */
async function assertStillThere({ deployment, collection }: Source, { max, last }: Load): Promise<void> {
  if (!max || (last && isSameValue(last, max))) return
  const { database, name } = collection
  // Whoever may not list them does not hear of it.
  const listed = await collectionsOf(deployment, database).catch(() => undefined)
  if (!listed || listed.some((each) => each.name === name)) return
  throw new SourceError(`read ${titleOf(collection)}: it was dropped while it was read; deselect it, or run again`)
}

/** Nothing tells where to go on: a lost connection means to start again, under a new version that replaces the records. */
async function* readAtOnce(source: Source, writer: RecordWriter, load: Load) {
  const { pace, context, stream } = source
  const query = { filter: streamFilter(source), sort: {} }
  let { version } = load
  for (let attempt = 1; ; attempt++) {
    try {
      for await (const documents of cursorPages(source, query)) yield* writer.write(documents, { version })
      return version
    } catch (problem) {
      if (!(problem instanceof ConnectionLostError) || attempt >= pace.attempts) throw problem
      const what = `${problem.message}; a view has no order to go on in and is read again from its beginning`
      context.log.warning(what, { stream: stream.id })
    }
    version = Math.max(Date.now(), version + 1)
    await backoff(attempt, { signal: context.signal, firstMs: pace.firstWaitMs })
  }
}
