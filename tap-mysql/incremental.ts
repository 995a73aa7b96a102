import type { Message, RecordLines } from '../singer/index.js'
import { bookmarkOf, keyBookmark, type State, versionOf, withBookmark } from '../singer/state.js'
import { stateClock } from '../singer/state-clock.js'
import { carriedOver, toBookmark } from './bookmarks.js'
import { type BoundaryOptions, boundaryRows, Head, type Position, Tail } from './boundary.js'
import type { Session } from './connection.js'
import { chunkLimit, highestKey, keyedRows, resumableKey } from './keyed-rows.js'
import { type KeyValues, upTo } from './keyset.js'
import { reconnecting } from './reconnect.js'
import { recordReader } from './record-lines.js'
import { lowerBound, type ReplicationKey, replicationKey, storedPosition } from './replication-key.js'
import { recordLines, rowQuery } from './select.js'
import type { Source } from './source.js'
import { quoteName } from './sql.js'

/**
 * Rows whose replication key is at or behind the bookmark's value, in the order of the key, without those that were sent
 * before and have not changed. Without a bookmark all rows, those without a value in the key first.
 */
export async function* syncIncremental(source: Source, state: State): AsyncGenerator<Message | RecordLines> {
  const { stream, context } = source
  const bookmark = bookmarkOf(state, stream.id)
  const key = replicationKey(source)
  const position = storedPosition(source, key, bookmark)
  const isWhole = lowerBound(source, key, position) === undefined
  const version = versionOf(bookmark) ?? (isWhole ? Date.now() : undefined)
  const activation: Message[] =
    version === undefined ? [] : [{ type: 'ACTIVATE_VERSION', stream: stream.name, version }]
  const run: Run = { key, version, position }
  if (Object.keys(bookmark).length === 0) yield* activation
  if (isWhole) yield* rowsWithoutValue(source, run)
  yield* rowsFromPosition(source, run, state)
  if (!context.signal.aborted) yield* activation
  yield reached(source, run, state)
}

interface Run {
  readonly key: ReplicationKey
  /** Absent: rows without it must stay, since this run does not read the whole table. */
  readonly version: number | undefined
  position: Position | undefined
}

function reached({ stream }: Source, { key, version, position }: Run, state: State): Message {
  const bookmark = {
    ...carriedOver(bookmarkOf(state, stream.id)),
    ...(version === undefined ? {} : { version }),
    ...keyBookmark(key.name, position && { ...position, value: toBookmark(position.value) }),
  }
  return { type: 'STATE', value: withBookmark(state, stream.id, bookmark) }
}

async function* rowsWithoutValue(source: Source, { key, version }: Run) {
  const { stream, context } = source
  if (key.without === undefined) return
  const where = [key.without]
  const tableKey = resumableKey(source)
  let count = 0
  let last: KeyValues | undefined
  async function* read(session: Session) {
    const range = { where, last, limit: chunkLimit(source, tableKey), version }
    for await (const block of keyedRows(source, session, tableKey, range)) {
      yield recordLines(source, block)
      last = block.key ?? last
      count += block.count
    }
  }
  yield* reconnecting(source, read, () => last)
  if (count === 0) return
  const fields = { stream: stream.id, replication_key: key.name, rows: count }
  context.log.warning('rows without a value in the replication key were sent; later runs cannot see them', fields)
}

async function* rowsFromPosition(source: Source, run: Run, state: State) {
  const isDue = stateClock(source.pace)
  const options = boundaryOptions(source, run)
  async function* read(session: Session) {
    const from = run.position
    const head = new Head(from, options)
    const tail = new Tail(options)
    for await (const block of rowsInOrder(source, session, run)) {
      tail.note(block)
      const unsent = head.unsent(block)
      if (unsent.count > 0) yield recordLines(source, unsent)
      // What is read once more lies before the bookmark, which never moves back.
      if (head.isPast) run.position = tail.position ?? from
      if (isDue(unsent.count) && head.isPast) yield reached(source, run, state)
    }
    if (source.context.signal.aborted || !tail.position) return
    run.position = head.isPast || !from ? tail.position : { ...tail.position, value: from.value }
    if (!run.position.hashes) reportLargeGroup(source, run)
  }
  yield* reconnecting(source, read, () => run.position)
}

/** Every line of a run has a prefix and a suffix of the same length. */
function boundaryOptions(source: Source, { key, version }: Run): BoundaryOptions {
  const reader = recordReader(rowQuery(source, { version }))
  return { reader, order: key.order, column: key.name, lookback: key.lookback }
}

async function* rowsInOrder(source: Source, session: Session, { key, version, position }: Run) {
  const tableKey = resumableKey(source)
  const limit = source.config.incremental_limit
  if (limit !== undefined && tableKey.length === 0) {
    const fields = { stream: source.stream.id }
    source.context.log.info('incremental_limit needs a table with a key to go on by: read in one query', fields)
  }
  const isLimited = limit !== undefined && tableKey.length > 0
  const where = [...startOfRead(source, key, position), ...(isLimited ? await endOfRead(source, session, key) : [])]
  const order = [key, ...tableKey.filter(({ name }) => name !== key.name)]
  yield* keyedRows(source, session, order, { where, limit: isLimited ? limit : undefined, version })
}

function startOfRead(source: Source, key: ReplicationKey, position: Position | undefined): readonly string[] {
  const from = lowerBound(source, key, position)
  if (from !== undefined) return [`${quoteName(key.name)}>=${key.literal(from)}`]
  return key.with === undefined ? [] : [key.with]
}

/**
 * Several SELECTs see several moments. Rows that come behind this value meanwhile are left to the next run: it finds also
 * those with the same value that were committed after the SELECT which passed there.
 */
async function endOfRead(source: Source, session: Session, key: ReplicationKey): Promise<readonly string[]> {
  const max = await highestKey(source, session, [key])
  return max ? [upTo([key], max)] : []
}

function reportLargeGroup({ stream, context }: Source, { key }: Run): void {
  const fields = { stream: stream.id, replication_key: key.name, more_than: boundaryRows }
  context.log.info('many rows share the last value of the replication key: the next run sends them again', fields)
}
