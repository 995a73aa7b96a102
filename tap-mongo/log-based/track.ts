import type { Bookmark } from '../../singer/state.js'
import { carriedOver, loadBookmark } from '../bookmarks.js'
import type { Load } from '../reading/copy.js'
import type { RecordWriter } from '../record-writer.js'
import type { Source } from '../source.js'
import type { Position } from './position.js'
import { positionBookmark } from './stored-position.js'

/** A stream of this run, and how much of it is sent. */
export interface Track {
  readonly id: string
  readonly source: Source
  readonly writer: RecordWriter
  /** Of its records; a new copy brings a new one. */
  version: number | undefined
  /** Undefined: a first one must be taken, before a copy. */
  position: Position | undefined
  /** The copy that is not finished. */
  load: Load | undefined
  /** The `start_at_operation_time` that was followed already. */
  startedAt: string | undefined
  /** Updates whose document the server did not have. */
  skipped: number
  /** This run has lost its history once. */
  isCopiedAnew: boolean
  /** It has failed. */
  isStopped: boolean
}

export function activateVersion({ source, version = 0 }: Track) {
  return { type: 'ACTIVATE_VERSION', stream: source.stream.name, version } as const
}

/** Nothing before counts any more: a first position, then a copy under a new version. */
export function copyAnew(track: Track): void {
  track.position = undefined
  track.version = newVersion(track.version)
  track.load = { version: track.version }
}

export function newVersion(before: number | undefined): number {
  return Math.max(Date.now(), (before ?? 0) + 1)
}

/**
 * Without a position it says nothing but the version, which keeps rows alive until there are new ones. The copy is
 * finished where `initial_full_table_complete` stands.
 */
export function trackBookmark(track: Track, before: Bookmark): Bookmark {
  const { version, position, load, startedAt } = track
  return {
    ...carriedOver(before),
    ...(version === undefined ? {} : { version }),
    ...(position && load ? loadBookmark(load) : {}),
    ...(position && !load ? { initial_full_table_complete: true } : {}),
    ...(position ? positionBookmark(position) : {}),
    ...(startedAt === undefined ? {} : { start_at_operation_time: startedAt }),
  }
}
