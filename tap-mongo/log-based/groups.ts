import { positionText } from './position.js'
import type { Track } from './track.js'

export type Group = readonly [Track, ...Track[]]

/** Tracks that one change stream can serve: of the same database, at the same position. */
export function groups(tracks: readonly Track[]): Group[] {
  const found = new Map<string, [Track, ...Track[]]>()
  for (const track of tracks) {
    const key = JSON.stringify([databaseOf(track), track.position && positionText(track.position)])
    const group = found.get(key)
    if (group) group.push(track)
    else found.set(key, [track])
  }
  return [...found.values()]
}

export function databaseOf({ source }: Track): string {
  return source.collection.database
}

export function byCollection(tracks: readonly Track[]): Map<string, Track> {
  return new Map(tracks.map((track) => [track.source.collection.name, track]))
}
