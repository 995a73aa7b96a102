import type { Timestamp } from 'mongodb'
import type { Message } from '../../singer/index.js'
import { asObject } from '../../singer/json.js'
import { bookmarkOf, type State, withCurrentlySyncing } from '../../singer/state.js'
import { stateClock } from '../../singer/state-clock.js'
import { type StreamFailures, streamFailures } from '../../singer/streams.js'
import type { Pace } from '../pace.js'
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
  /** Told of the events of each batch that is sent, it says when a STATE is due: on quiet databases less often. */
  isDue(events: number): boolean
  /** Ends this stream alone. Its bookmark stays where it is, or begins anew. */
  stop(track: Track, problem: unknown): void
  /** Aborted, or `max_run_seconds` are over: what is under way ends at its next checkpoint. */
  isOver(): boolean
}

export function beginRun(common: Common, state: State, operationTime: Timestamp): Run {
  const { config, context } = common
  const endsAt = performance.now() + (config.max_run_seconds ?? Number.POSITIVE_INFINITY) * 1000
  const tracks: Track[] = []
  const failures = streamFailures(context)
  return {
    common,
    given: state,
    operationTime,
    tracks,
    failures,
    sharedTokens: new Set(),
    live: () => tracks.filter(({ isStopped }) => !isStopped),
    checkpoint: (current) => ({ type: 'STATE', value: stateOf(state, tracks, current) }),
    isDue: checkpointClock(common.pace),
    stop(track, problem) {
      track.isStopped = true
      if (!context.signal.aborted) failures.report(track.id, problem)
    },
    isOver: () => context.signal.aborted || performance.now() >= endsAt,
  }
}

function stateOf(given: State, tracks: readonly Track[], current: string | undefined): State {
  const reached = tracks.map((track) => [track.id, trackBookmark(track, bookmarkOf(given, track.id))])
  const bookmarks = { ...asObject(given.bookmarks), ...Object.fromEntries(reached) }
  return withCurrentlySyncing({ ...given, bookmarks }, current ?? null)
}

function checkpointClock(pace: Pace): (events: number) => boolean {
  const isDue = stateClock(pace)
  const isDueIdle = stateClock({ stateRows: Number.POSITIVE_INFINITY, stateSeconds: pace.idleStateSeconds })
  return (events) => (events > 0 ? isDue(events) : isDueIdle(events))
}
