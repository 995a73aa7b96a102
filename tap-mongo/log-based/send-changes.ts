import type { Timestamp } from 'mongodb'
import type { Message, RecordLines } from '../../singer/index.js'
import type { ChangeBatch } from '../change-stream/change-stream.js'
import { CollectionEndedError, eventsByTrack, recordsOf } from './events.js'
import { movedOn } from './position.js'
import type { Run } from './run.js'
import { copyAnew, type Track } from './track.js'

/** The records of a batch. Each track that it covers stands behind it as soon as its own are sent. */
export async function* sendChanges(
  run: Run,
  tracks: readonly Track[],
  batch: ChangeBatch,
  noted: Timestamp,
): AsyncGenerator<Message | RecordLines> {
  const covered = tracks.filter(
    ({ isStopped, source }) => !isStopped && batch.collections.includes(source.collection.name),
  )
  for (const [track, events] of eventsByTrack(batch, covered)) {
    try {
      yield* recordsOf(track, events)
      if (track.position) track.position = movedOn(track.position, batch, noted)
    } catch (problem) {
      stopAt(run, track, problem)
    }
  }
}

/** A collection that is no more begins anew in the next run; whatever else happened, that one meets it again. */
export function stopAt(run: Run, track: Track, problem: unknown): void {
  if (problem instanceof CollectionEndedError) copyAnew(track)
  run.stop(track, problem)
}
