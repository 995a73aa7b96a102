import type { Timestamp } from 'mongodb'
import type { Message } from '../../singer/index.js'
import { isObject } from '../../singer/json.js'
import { bookmarkOf, type State, withBookmark, withCurrentlySyncing } from '../../singer/state.js'
import { type StreamFailures, streamFailures } from '../../singer/streams.js'
import type { Common } from '../source.js'
import { type Track, trackBookmark } from './track.js'

/** What all parts of a run know. */
export interface Run {
  readonly common: Common
  /** The state that it began with. */
  readonly given: State
  /** Of the deployment, when it began. */
  readonly operationTime: Timestamp
  readonly tracks: Track[]
  readonly failures: StreamFailures
  /** Databases whose change stream gives one token for all of their collections. */
  readonly sharedTokens: Set<string>
  /** Tracks that have not failed. */
  live(): readonly Track[]
  /** The STATE of all that is sent. `current`: the stream whose copy is under way. */
  checkpoint(current?: string): Message
  /** Ends this stream alone. Its bookmark stays where it is, or begins anew. */
  stop(track: Track, problem: unknown): void
  /** Aborted, or `max_run_seconds` are over: what is under way ends at its next checkpoint. */
  isOver(): boolean
}

export function beginRun(common: Common, state: State, operationTime: Timestamp): Run {
  const { config, context } = common
  const given: State = { ...state, bookmarks: isObject(state.bookmarks) ? state.bookmarks : {} }
  const endsAt = performance.now() + (config.max_run_seconds ?? Number.POSITIVE_INFINITY) * 1000
  const tracks: Track[] = []
  const failures = streamFailures(context)
  return {
    common,
    given,
    operationTime,
    tracks,
    failures,
    sharedTokens: new Set(),
    live: () => tracks.filter(({ isStopped }) => !isStopped),
    checkpoint: (current) => ({ type: 'STATE', value: stateOf(given, tracks, current) }),
    stop(track, problem) {
      track.isStopped = true
      if (!context.signal.aborted) failures.report(track.id, problem)
    },
    isOver: () => context.signal.aborted || performance.now() >= endsAt,
  }
}

function stateOf(given: State, tracks: readonly Track[], current: string | undefined): State {
  let state = withCurrentlySyncing(given, current ?? null)
  for (const track of tracks) {
    state = withBookmark(state, track.id, trackBookmark(track, bookmarkOf(given, track.id)))
  }
  return state
}
