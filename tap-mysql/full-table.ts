import type { Json, JsonObject, Message, RecordLines } from '../singer/index.js'
import { isObject } from '../singer/json.js'
import { type Bookmark, bookmarkOf, type State, versionOf, withBookmark } from '../singer/state.js'
import { stateClock } from '../singer/state-clock.js'
import { carriedOver, fromBookmark, toBookmark } from './bookmarks.js'
import type { Session } from './connection.js'
import { chunkLimit, highestKey, keyedRows, type ResumableColumn, resumableKey } from './keyed-rows.js'
import type { KeyValues } from './keyset.js'
import { reconnecting } from './reconnect.js'
import { recordLines } from './select.js'
import type { Source } from './source.js'

/**
 * All rows of the table. With a usable key it goes on behind the last row, after a lost connection in the same run, else
 * in the next run from the state; until it is complete the version stays the same.
 */
export async function* syncFullTable(source: Source, state: State): AsyncGenerator<Message | RecordLines> {
  const { stream, context } = source
  const bookmark = bookmarkOf(state, stream.id)
  const key = resumableKey(source)
  const load = storedLoad(source, bookmark, key) ?? { version: Date.now() }
  // Rows show up early where there were none. Else old rows stay until all new ones are there.
  if (Object.keys(bookmark).length === 0) yield activateVersion(source, load)
  yield* key.length > 0 ? readByKey(source, key, load, state) : readAtOnce(source, load)
  if (context.signal.aborted) return
  yield activateVersion(source, load)
  const complete = { ...carriedOver(bookmark), initial_full_table_complete: true }
  yield { type: 'STATE', value: withBookmark(state, stream.id, complete) }
}

/** One full read of the table, perhaps over several runs. */
interface Load {
  version: number
  /** The key of the table's last row when the load began: rows behind it are left to the next load. */
  max?: KeyValues | undefined
  /** The key of the row that was sent last. */
  last?: KeyValues | undefined
}

function activateVersion({ stream }: Source, { version }: Load): Message {
  return { type: 'ACTIVATE_VERSION', stream: stream.name, version }
}

async function* readByKey(source: Source, key: readonly ResumableColumn[], load: Load, state: State) {
  const { stream, context, pace } = source
  const isDue = stateClock(pace)
  const limit = chunkLimit(source, key)
  const reached = (): Message => {
    const bookmark = loadBookmark(bookmarkOf(state, stream.id), key, load)
    return { type: 'STATE', value: withBookmark(state, stream.id, bookmark) }
  }
  async function* read(session: Session) {
    if (!load.max && !load.last) {
      load.max = await highestKey(source, session, key)
      yield reached()
    }
    for await (const block of keyedRows(source, session, key, { ...load, limit })) {
      yield recordLines(source, block)
      load.last = block.key ?? load.last
      if (isDue(block.count)) yield reached()
    }
  }
  yield* reconnecting(source, read, () => load.last)
  if (context.signal.aborted) yield reached()
}

/** Nothing tells where to go on: a lost connection means to start again, under a new version that replaces the rows. */
async function* readAtOnce(source: Source, load: Load) {
  const { stream, context } = source
  let isBegun = false
  async function* read(session: Session) {
    if (isBegun) {
      load.version = Math.max(Date.now(), load.version + 1)
      context.log.warning('no key to go on by: the table is read again from its beginning', { stream: stream.id })
    }
    for await (const block of keyedRows(source, session, [], load)) {
      isBegun = true
      yield recordLines(source, block)
    }
  }
  yield* reconnecting(source, read, () => false)
}

/** Undefined: none was interrupted, or it cannot be gone on with. */
function storedLoad(
  { stream, context }: Source,
  bookmark: Bookmark,
  key: readonly ResumableColumn[],
): Load | undefined {
  const version = versionOf(bookmark)
  const { max_pk_values, last_pk_fetched } = bookmark
  if (version === undefined || !isObject(max_pk_values ?? last_pk_fetched)) return undefined
  const max = storedKey(max_pk_values, key)
  const last = storedKey(last_pk_fetched, key)
  if (max || last) return { version, max, last }
  context.log.warning('the table has another key than the state: it is read from its beginning', { stream: stream.id })
  return undefined
}

function storedKey(stored: Json | undefined, key: readonly ResumableColumn[]): KeyValues | undefined {
  if (!isObject(stored) || key.length === 0) return undefined
  const values = key.flatMap(({ name, column }) => {
    const value = Object.hasOwn(stored, name) ? stored[name] : null
    return value === null || value === undefined ? [] : [fromBookmark(value, column)]
  })
  return values.length === key.length && Object.keys(stored).length === key.length ? values : undefined
}

function loadBookmark(before: Bookmark, key: readonly ResumableColumn[], { version, max, last }: Load): Bookmark {
  const named = (values: KeyValues): JsonObject =>
    Object.fromEntries(key.map(({ name }, i) => [name, toBookmark(values[i] ?? null)]))
  return {
    ...carriedOver(before),
    ...(before.initial_full_table_complete === true ? { initial_full_table_complete: true } : {}),
    version,
    ...(max ? { max_pk_values: named(max) } : {}),
    ...(last ? { last_pk_fetched: named(last) } : {}),
  }
}
