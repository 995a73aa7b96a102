import { SourceError } from '../../singer/index.js'
import { retry } from '../../singer/retry.js'
import { ConnectionLostError, HistoryLostError } from '../failures.js'
import type { Common } from '../source.js'
import type { Start } from './change-stream.js'
import { failed } from './failed.js'
import type { Group } from './groups.js'
import type { Server, Watched } from './server.js'
import { Tail } from './tail.js'

/** As many as the server wants. */
export async function openTails(common: Common, server: Server, group: Group): Promise<Tail[]> {
  const { context, pace } = common
  const watched = await retry(() => watch(common, server, group), {
    isRetryable: (problem) => problem instanceof ConnectionLostError,
    signal: context.signal,
    attempts: pace.attempts,
    firstMs: pace.firstWaitMs,
  })
  return watched.map((each) => new Tail(common, server, { watched: each, start: group.start }))
}

async function watch(common: Common, server: Server, { collections, start }: Group): Promise<Watched[]> {
  try {
    return await server.watch(collections, start)
  } catch (cause) {
    common.context.signal.throwIfAborted()
    throw openingFailure(`open the change stream of ${server.named(collections)}`, cause, start)
  }
}

/** Who begins now has lost no history: with the same code DocumentDB says that it keeps none. */
function openingFailure(doing: string, cause: unknown, start: Start): SourceError {
  const failure = failed(doing, cause)
  if (start.kind !== 'now' || !(failure instanceof HistoryLostError)) return failure
  return new SourceError(failure.message, { cause })
}
