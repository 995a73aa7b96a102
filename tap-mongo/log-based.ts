import type { Message, RecordLines, State } from '../singer/index.js'
import { copySlice } from './log-based/copies.js'
import { takeFirstPositions } from './log-based/first-position.js'
import { followAll } from './log-based/follow.js'
import { assertReadable, operationTimeNow } from './log-based/operation-time.js'
import { reportLosses } from './log-based/report-losses.js'
import { beginRun, type Run } from './log-based/run.js'
import { openTracks } from './log-based/tracks.js'
import type { Opened } from './open-stream.js'
import type { Common } from './source.js'

/** A stream to follow. `open` fails for a collection that is gone: within the stream, so that the others go on. */
export interface Followed {
  readonly id: string
  open(): Promise<Opened>
}

/**
 * All LOG_BASED streams of a run: token first, then the copies, then what changed. A failing stream is reported and the
 * others go on; in the end one SourceError names all that failed. Each STATE that it yields is complete.
 */
export async function* syncLogBased(
  streams: readonly Followed[],
  state: State,
  common: Common,
): AsyncGenerator<Message | RecordLines> {
  // Other streams may have taken hours: what is written by now is what this run is to send.
  const run = beginRun(common, state, await operationTimeNow(common, assertReadable(common)))
  yield* openTracks(run, streams)
  yield* caughtUp(run)
  yield run.checkpoint()
  if (common.context.signal.aborted) return
  if (run.isOver()) common.context.log.info('max_run_seconds are over: the next run goes on from here')
  for (const track of run.tracks) reportLosses(track)
  run.failures.throwIfAny(streams.length)
}

/**
 * Copies alternate with the change streams, so that no token grows old meanwhile. What the change streams have sent is
 * never newer than what a copy sends after it: see copies.ts.
 */
async function* caughtUp(run: Run) {
  let until = run.operationTime
  do {
    yield* takeFirstPositions(run)
    const isCopied = yield* copySlice(run, until)
    if (isCopied && !run.isOver()) until = await operationTimeNow(run.common, until)
    yield* followAll(run, until)
  } while (!run.isOver() && run.live().some(({ load, position }) => load || !position))
}
