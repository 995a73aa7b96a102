import { type Message, type RecordLines, SourceError } from '../../singer/index.js'
import { type Bookmark, bookmarkOf, versionOf } from '../../singer/state.js'
import { ofThisMethod, storedLoad } from '../bookmarks.js'
import type { Followed } from '../log-based.js'
import { type Source, titleOf } from '../source.js'
import { isAtOrBehind } from './position.js'
import type { Run } from './run.js'
import { type StartTime, startTime } from './start-time.js'
import { storedPosition } from './stored-position.js'
import { activateVersion, newVersion, type Track } from './track.js'

/** Each stream from where its bookmark says, and its SCHEMA; what fails here is not among the tracks of the run. */
export async function* openTracks(run: Run, streams: readonly Followed[]): AsyncGenerator<Message | RecordLines> {
  const { config, context } = run.common
  const startAt = startTime(config)
  for (const { id, open } of streams) {
    if (run.isOver()) return
    try {
      const { source, writer } = await open()
      assertFollowable(source)
      const bookmark = bookmarkOf(run.given, id)
      const track = { ...placeOf(bookmark, source, startAt), id, source, writer, ...nothingYet }
      run.tracks.push(track)
      warnOfFuture(run, track)
      yield writer.schema()
      // Rows show up early where there were none. Else old rows stay until all new ones are there.
      if (Object.keys(bookmark).length === 0) yield activateVersion(track)
    } catch (problem) {
      if (!context.signal.aborted) run.failures.report(id, problem)
    }
  }
}

/** Such a change stream is no error to a server: it waits, perhaps for years. */
function warnOfFuture({ common, operationTime }: Run, { id, position }: Track): void {
  if (!position?.time || isAtOrBehind(operationTime, position.time)) return
  const warning =
    'the bookmark is ahead of the log of this server, and nothing comes before the log is there: is it of another server?'
  common.context.log.warning(warning, { stream: id, bookmark: new Date(position.time.t * 1000).toISOString() })
}

const nothingYet = { skipped: 0, isCopiedAnew: false, isStopped: false }

/** What a copy would leave out, the log would send. */
function assertFollowable({ collection, own, stream }: Source): void {
  const isProjected = (own.projection ?? stream.metadata['tap-mongodb.projection'] ?? null) !== null
  const hindrance = collection.isView
    ? 'a view or a time series has no change stream; choose FULL_TABLE or INCREMENTAL'
    : own.filter !== undefined
      ? 'a filter is not for LOG_BASED; take it out of the settings, or choose another method'
      : isProjected && 'a projection is not for LOG_BASED; deselect the fields instead'
  if (hindrance) throw new SourceError(`follow ${titleOf(collection)}: ${hindrance}`)
}

type Place = Pick<Track, 'version' | 'position' | 'load' | 'startedAt'>

/** A copy counts only with the position that was taken before it: any other method leaves none. */
function placeOf(given: Bookmark, source: Source, startAt: StartTime | undefined): Place {
  const bookmark = ofThisMethod(given, source, 'LOG_BASED')
  const stored = storedPosition(bookmark)
  const isAsked = startAt !== undefined && bookmark.start_at_operation_time !== startAt.text
  const position = isAsked ? { time: startAt.time } : stored
  const startedAt = startAt?.text
  const before = versionOf(given)
  if (!stored) {
    const version = newVersion(before)
    return { version, position, load: { version }, startedAt }
  }
  if (isComplete(bookmark)) return { version: before, position, load: undefined, startedAt }
  const load = storedLoad(bookmark) ?? { version: before ?? newVersion(before) }
  return { version: load.version, position, load, startedAt }
}

/** MeltanoLabs' tap makes no copy and knows no version: what it has begun goes on so. */
function isComplete({ initial_full_table_complete, version }: Bookmark): boolean {
  return initial_full_table_complete === true || version === undefined
}
