import type { Timestamp } from 'mongodb'
import type { Message, RecordLines } from '../../singer/index.js'
import { stateClock } from '../../singer/state-clock.js'
import { copyPages } from '../reading/copy.js'
import { later } from './position.js'
import type { Run } from './run.js'
import { activateVersion, type Track } from './track.js'

/**
 * Goes on with the copies for `copy_slice_seconds`, one page at least; says whether there was one to go on with. They
 * read what the change streams have sent by now, or newer: nothing that was read ahead outlives a slice, and no secondary
 * that lags behind may answer.
 */
export async function* copySlice(run: Run, notBefore: Timestamp): AsyncGenerator<Message | RecordLines, boolean> {
  const endsAt = performance.now() + run.common.config.copy_slice_seconds * 1000
  let isCopied = false
  for (let track = nextCopied(run); track && !run.isOver(); track = nextCopied(run)) {
    if (isCopied && performance.now() >= endsAt) break
    isCopied = true
    try {
      yield* copyUntil(run, track, { endsAt, notBefore })
    } catch (problem) {
      run.stop(track, problem)
    }
  }
  return isCopied
}

/** One that is begun first. */
function nextCopied(run: Run): Track | undefined {
  const copied = run.live().filter(({ load, position }) => load && position)
  return copied.find(({ load }) => load?.last) ?? copied[0]
}

interface Limits {
  readonly endsAt: number
  readonly notBefore: Timestamp
}

async function* copyUntil(
  run: Run,
  track: Track,
  { endsAt, notBefore }: Limits,
): AsyncGenerator<Message | RecordLines> {
  const { source, writer, version, id, load, position } = track
  if (!load) return
  const isDue = stateClock(source.pace)
  const pages = copyPages(source, { ...load, notBefore: later(notBefore, position?.time) })
  for await (const { documents, reached } of pages) {
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
