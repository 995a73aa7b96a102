import type { Stream } from './catalog.js'
import { problemText, SourceError } from './errors.js'
import { isObject } from './json.js'
import type { Message, RecordLines } from './messages.js'
import { type Bookmark, bookmarkOf, type State, withBookmark, withCurrentlySyncing } from './state.js'
import type { Context } from './tap.js'

export type SyncStream = (stream: Stream, state: State) => AsyncIterable<Message | RecordLines>

/**
 * One stream after the other, each from where the ones before it left the state. The last STATE that passes is the state
 * from there on; one more follows each stream, with `currently_syncing` taken back. A failing stream is reported and the
 * others go on; in the end one SourceError names all that failed. Ends early, and quietly, once the signal is aborted.
 */
export async function* syncEach(
  streams: readonly Stream[],
  given: State,
  context: Context,
  syncStream: SyncStream,
): AsyncGenerator<Message | RecordLines> {
  const failures = streamFailures(context)
  let state: State = { ...given, bookmarks: isObject(given.bookmarks) ? given.bookmarks : {} }
  for (const stream of inOrder(streams, given)) {
    state = withCurrentlySyncing(withoutProgress(state, stream.id), stream.id)
    try {
      for await (const message of syncStream(stream, state)) {
        if (message.type === 'STATE') state = message.value
        yield message
      }
    } catch (problem) {
      if (!context.signal.aborted) failures.report(stream.id, problem)
    }
    if (context.signal.aborted) return
    state = withCurrentlySyncing(state, null)
    yield { type: 'STATE', value: state }
  }
  failures.throwIfAny(streams.length)
}

export interface StreamFailures {
  /** Says at once what ended this stream; the others go on. */
  report(streamId: string, problem: unknown): void
  /** One SourceError that names all that failed. */
  throwIfAny(streamCount: number): void
}

export function streamFailures({ log }: Context): StreamFailures {
  const failed: string[] = []
  return {
    report(streamId, problem) {
      if (problem instanceof Error) log.debug(problem.stack ?? '')
      log.critical(`stream failed: ${problemText(problem)}`, { stream: streamId })
      failed.push(streamId)
    },
    throwIfAny(streamCount) {
      if (failed.length === 0) return
      throw new SourceError(`${failed.length} of ${streamCount} streams failed: ${failed.join(', ')}`)
    },
  }
}

/** The interrupted one first, then those that were never reached, then the rest: none is starved by the others. */
function inOrder(streams: readonly Stream[], state: State): Stream[] {
  const isBegun = ({ id }: Stream) => Object.keys(bookmarkOf(state, id)).length > 0
  const current = streams.filter(({ id }) => id === state.currently_syncing)
  const others = streams.filter(({ id }) => id !== state.currently_syncing)
  return [...current, ...others.filter((stream) => !isBegun(stream)), ...others.filter(isBegun)]
}

/** The SDK's marks of an unsorted stream under way; this run begins before them. */
function withoutProgress(state: State, id: string): State {
  const { progress_markers: dropped, ...kept }: Bookmark = bookmarkOf(state, id)
  return dropped === undefined ? state : withBookmark(state, id, kept)
}
