import type { Message, RecordLines } from '../singer/index.js'
import { bookmarkOf, keyBookmark, type State, versionOf, withBookmark } from '../singer/state.js'
import { stateClock } from '../singer/state-clock.js'
import { carriedOver, ofThisMethod, toBookmark } from './bookmarks.js'
import { boundaryDocuments, Head, type Position, Tail } from './boundary.js'
import { keyPages } from './incremental/key-pages.js'
import { type KeyRange, keyRange } from './incremental/key-range.js'
import { pagesWithoutValue } from './incremental/without-value.js'
import { keyBefore } from './key-order.js'
import type { RecordWriter } from './record-writer.js'
import { keyCheck, type ReplicationKey, replicationKey, storedPosition } from './replication-key.js'
import type { Source } from './source.js'

/**
 * Documents whose replication key is at or behind the bookmark's value, in the order of the key, without those that were
 * sent before and have not changed. Without a bookmark all documents, those without a value in the key first.
 */
export async function* syncIncremental(
  source: Source,
  writer: RecordWriter,
  state: State,
): AsyncGenerator<Message | RecordLines> {
  const { stream, context } = source
  const stored = bookmarkOf(state, stream.id)
  const bookmark = ofThisMethod(stored, source, 'INCREMENTAL')
  const key = replicationKey(source)
  const position = storedPosition(source, key, bookmark)
  const range = await keyRange(source, key, position)
  const version = versionOf(bookmark) ?? (range.isWhole ? Date.now() : undefined)
  const activation: Message[] =
    version === undefined ? [] : [{ type: 'ACTIVATE_VERSION', stream: stream.name, version }]
  const run: Run = { key, range, version, position }
  if (Object.keys(stored).length === 0) yield* activation
  if (range.isWhole) for await (const page of pagesWithoutValue(source, key)) yield* writer.write(page, { version })
  yield* fromPosition(source, writer, run, state)
  if (!context.signal.aborted) yield* activation
  yield reached(source, run, state)
}

interface Run {
  readonly key: ReplicationKey
  readonly range: KeyRange
  /** Absent: documents without it must stay, since this run does not read the whole collection. */
  readonly version: number | undefined
  position: Position | undefined
}

function reached({ stream }: Source, { key, version, position }: Run, state: State): Message {
  const bookmark = {
    ...carriedOver(bookmarkOf(state, stream.id)),
    ...(version === undefined ? {} : { version }),
    ...keyBookmark(key.path, position && { ...position, value: toBookmark(position.value) }),
  }
  return { type: 'STATE', value: withBookmark(state, stream.id, bookmark) }
}

async function* fromPosition(source: Source, writer: RecordWriter, run: Run, state: State) {
  const { key, range, version, position: from } = run
  const isDue = stateClock(source.pace)
  const options = { key, lookback: source.own.lookback ?? 0 }
  const head = new Head(from, options)
  const tail = new Tail(options)
  const check = keyCheck(source, key, from?.value)
  for await (const page of keyPages(source, key, range)) {
    check(page)
    const unsent = head.unsent(page)
    tail.note(page)
    yield* writer.write(unsent, { version })
    run.position = head.position(tail)
    if (isDue(unsent.length)) yield reached(source, run, state)
  }
  report(source, run, tail)
}

function report({ stream, own, context }: Source, { key, position }: Run, { isCut }: Tail): void {
  const fields = { stream: stream.id, replication_key: key.path }
  if (isCut) {
    const message = 'many documents share the last values of the replication key: the next run sends some of them again'
    context.log.info(message, { ...fields, more_than: boundaryDocuments })
  }
  if (own.lookback && position && !keyBefore(position.value, own.lookback)) {
    context.log.warning('lookback has no meaning for this replication key', fields)
  }
}
