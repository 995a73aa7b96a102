import { type SingerError, SourceError } from '../../singer/index.js'
import { titleOf } from '../source.js'
import type { Run } from './run.js'
import { copyAnew, type Track } from './track.js'

/** The server's log no longer reaches back to where this track stands: it fails, or is copied anew, once a run. */
export function historyLost(run: Run, track: Track, problem: SingerError): void {
  const { config, context } = run.common
  if (config.on_history_lost === 'copy_again' && !track.isCopiedAnew) {
    const warning = 'the log no longer reaches back to where the last run ended: the collection is copied anew'
    context.log.warning(warning, { stream: track.id })
    track.isCopiedAnew = true
    copyAnew(track)
    return
  }
  const since = track.position?.time ? ` (${new Date(track.position.time.t * 1000).toISOString()})` : ''
  const message =
    `follow ${titleOf(track.source.collection)}: the log no longer reaches back to where the last run ended${since}: ` +
    `${problem.message}; or set on_history_lost to copy_again`
  run.stop(track, new SourceError(message, { cause: problem }))
}
