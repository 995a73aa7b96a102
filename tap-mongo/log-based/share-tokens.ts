import { databaseOf } from './groups.js'
import { isAtOrBehind } from './position.js'
import type { Run } from './run.js'
import type { Track } from './track.js'

/**
 * Collections that were selected later have tokens of their own, and each token needs a change stream. Where one token is
 * good for all of a database they get the earliest; the few changes between the tokens are sent again.
 */
export function shareTokens(run: Run): void {
  for (const database of run.sharedTokens) {
    const tracks = run.live().filter((track) => databaseOf(track) === database)
    const earliest = tracks.reduce(earlierOf, tracks[0])?.position
    if (tracks.every(({ position }) => position?.token && position.time)) {
      for (const track of tracks) track.position = earliest
    }
  }
}

function earlierOf(one: Track | undefined, other: Track): Track | undefined {
  const [time, otherTime] = [one?.position?.time, other.position?.time]
  return time && otherTime && !isAtOrBehind(otherTime, time) ? other : one
}
