import type { Timestamp } from 'mongodb'
import type { ChangeBatch } from '../change-stream/change-stream.js'
import type { Config } from '../config.js'
import { byCollection, type Group } from './groups.js'
import { isAtOrBehind } from './position.js'

export interface FinishLine {
  /** Told of each batch that is sent. */
  note(batch: ChangeBatch): void
  /** Every collection that still lives is caught up, or there was nothing for `idle_seconds`. */
  isReached(): boolean
}

/** A collection is caught up when its time is this one; where the server knows no times, when nothing more comes. */
export function finishLine(group: Group, until: Timestamp, { idle_seconds }: Config): FinishLine {
  const behind = byCollection(group)
  const idleMs = (idle_seconds ?? Number.POSITIVE_INFINITY) * 1000
  let lastChange = performance.now()
  return {
    note({ events, collections, time }) {
      if (events.length > 0) lastChange = performance.now()
      const isThere = time ? isAtOrBehind(time, until) : events.length === 0 && idle_seconds === undefined
      if (isThere) for (const name of collections) behind.delete(name)
    },
    isReached: () =>
      performance.now() - lastChange >= idleMs || [...behind.values()].every(({ isStopped }) => isStopped),
  }
}
