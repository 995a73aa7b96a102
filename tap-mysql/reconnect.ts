import { backoff } from '../singer/index.js'
import { connect, type Session } from './connection.js'
import { ConnectionLostError } from './failures.js'
import type { Source } from './source.js'

/**
 * Reads with a connection of its own, and with a new one after it is lost: `read` is called again and goes on from where
 * it stands. `progress` returns another value whenever reading has got further. Ends early when the run is aborted.
 */
export async function* reconnecting<T>(
  source: Source,
  read: (session: Session) => AsyncIterable<T>,
  progress: () => unknown,
): AsyncGenerator<T> {
  const { config, context, stream, pace } = source
  const { log, signal } = context
  for (let lost = 0; !signal.aborted; ) {
    const before = progress()
    let session: Session | undefined
    try {
      session = await connect(config, context)
      yield* read(session)
      return
    } catch (failure) {
      if (signal.aborted) return
      lost = progress() === before ? lost + 1 : 1
      if (!(failure instanceof ConnectionLostError) || lost === pace.connections) throw failure
      log.warning('connection lost, connecting again', { stream: stream.id, reason: failure.message, times: lost })
    } finally {
      session?.destroy()
    }
    await backoff(lost, { signal }).catch(() => undefined)
  }
}
