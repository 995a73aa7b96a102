import { type SingerError, SourceError } from '../../singer/index.js'
import type { Run } from './run.js'
import { copyAnew, type Track } from './track.js'

/** The server's log no longer reaches back to where this track stands: it fails, or is copied anew, once a run. */
export function historyLost(run: Run, track: Track, problem: SingerError): void {
  const { database, name } = track.source.collection
  const isCopiedAnew = run.common.config.on_history_lost === 'copy_again' && !track.isCopiedAnew
  if (isCopiedAnew) {
    run.common.context.log.warning('the log no longer reaches back to the last run: the collection is copied anew', {
      stream: track.id,
    })
    track.isCopiedAnew = true
    copyAnew(track)
    return
  }
  const since = track.position?.time ? ` (${new Date(track.position.time.t * 1000).toISOString()})` : ''
  const message =
    `follow ${database}.${name}: the server's log no longer reaches back to where the last run ended${since}: ` +
    `${problem.message}; run more often, or keep the log longer (replSetResizeOplog; on DocumentDB ` +
    'change_stream_log_retention_duration); on_history_lost "copy_again" copies the collection anew'
  run.stop(track, new SourceError(message, { cause: problem }))
}
