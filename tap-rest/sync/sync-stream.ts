import { type Message, type RecordLines, SourceError, type State, type Stream } from '../../singer/index.js'
import { type Bookmark, bookmarkOf, withBookmark } from '../../singer/state.js'
import { streamId } from '../discovery/stream-id.js'
import { openRecordWriter } from '../records/record-writer.js'
import type { StreamPlan } from '../settings/plan.js'
import { carriedOver } from './bookmarks.js'
import { openSource, type Run } from './open-source.js'
import { readStream } from './read-stream.js'
import { replicationKeyOf } from './replication-key.js'
import { hasLimit } from './source.js'

/**
 * SCHEMA, the records that are new since the bookmark, and STATEs as they become safe. A stream that is read whole
 * carries a version: with ACTIVATE_VERSION behind it what is gone from the source goes, too.
 */
export async function* syncStream(stream: Stream, state: State, run: Run): AsyncGenerator<Message | RecordLines> {
  const { context } = run
  const plan = planOf(stream, run)
  const bookmark = bookmarkOf(state, stream.id)
  const key = replicationKeyOf(stream, plan)
  const source = await openSource(run, plan, { key })
  const isIncremental = key !== undefined && plan.partition.state !== 'none'
  const version = isIncremental || !isWhole(plan, run) ? undefined : Date.now()
  const writer = openRecordWriter({ stream, plan, log: context.log, ...(version !== undefined && { version }) })
  const stateWith = (reached: Bookmark): Message => ({ type: 'STATE', value: withBookmark(state, stream.id, reached) })
  const activation: Message[] =
    version === undefined ? [] : [{ type: 'ACTIVATE_VERSION', stream: stream.name, version }]

  yield writer.schema()
  // Records show up early where there were none. Else old ones stay until all new ones are there.
  if (Object.keys(bookmark).length === 0) yield* activation
  for await (const step of readStream(source, bookmark)) {
    if ('bookmark' in step) yield stateWith(step.bookmark)
    else yield* writer.write(step.page, step.records, step.included)
  }
  if (version === undefined) return
  if (context.signal.aborted) return yield stateWith(bookmark)
  yield* activation
  yield stateWith({ ...carriedOver(bookmark), initial_full_table_complete: true })
}

function planOf({ id, replicationMethod }: Stream, { plan }: Run): StreamPlan {
  const found = [...plan.streams.values()].find(({ name }) => streamId(name) === id)
  if (found && replicationMethod !== 'FULL_TABLE') return found
  // As on a first run, always: from `start` on, where the settings have one.
  if (found) return { ...found, partition: { ...found.partition, state: 'none' } }
  throw new SourceError(`read ${id}: the settings have no such stream; take it out of the catalog, or discover again`)
}

/** No limit of the settings leaves records behind, nor parents. */
function isWhole(plan: StreamPlan, { plan: { streams } }: Run): boolean {
  if (plan.partition.childOfChanged) return false
  for (let each: StreamPlan | undefined = plan; each; each = streams.get(each.partition.parent ?? '')) {
    if (hasLimit(each)) return false
  }
  return true
}
