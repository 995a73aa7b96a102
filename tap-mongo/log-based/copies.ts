import type { Timestamp } from 'mongodb'
import type { Message, RecordLines } from '../../singer/index.js'
import { stateClock } from '../../singer/state-clock.js'
import { copyPages, type Load } from '../copy.js'
import { later } from './position.js'
import type { Run } from './run.js'
import { activateVersion, type Track } from './track.js'

/**
 * Goes on with one copy for at most `copy_slice_seconds`; says whether there was one. It reads what the change stream has
 * sent by now, or newer: nothing that was read ahead outlives a slice, and no secondary that lags behind may answer.
 */
export async function* copyNext(run: Run, notBefore: Timestamp): AsyncGenerator<Message | RecordLines, boolean> {
  const copied = run.live().filter(({ load, position }) => load && position)
  const track = copied.find(({ load }) => load?.last) ?? copied[0]
  if (!track?.load || run.isOver()) return false
  try {
    yield* copySlice(run, track, { ...track.load, notBefore: later(notBefore, track.position?.time) })
  } catch (problem) {
    run.stop(track, problem)
  }
  return true
}

async function* copySlice(run: Run, track: Track, load: Load): AsyncGenerator<Message | RecordLines> {
  const { source, writer, version, id } = track
  const isDue = stateClock(source.pace)
  const endsAt = performance.now() + source.config.copy_slice_seconds * 1000
  for await (const { documents, reached } of copyPages(source, load)) {
    yield* writer.write(documents, { version })
    track.load = reached
    const isOver = run.isOver() || performance.now() >= endsAt
    if (isDue(documents.length) || isOver) yield run.checkpoint(id)
    if (isOver) return
  }
  if (source.context.signal.aborted) return
  track.load = undefined
  yield activateVersion(track)
  yield run.checkpoint()
}
