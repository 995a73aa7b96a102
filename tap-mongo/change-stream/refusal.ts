import { SourceError } from '../../singer/index.js'
import { codeOf } from '../failures/failure.js'
import { ConnectionLostError, HistoryLostError, sourceFailure } from '../failures.js'

/** The server answered to something else than it was asked for. */
export class RefusedError extends SourceError {
  override name = 'RefusedError'
}

/** The server does not know what it is asked for, in whatever words: the clones have many. Another way may do. */
export function isRefusal(cause: unknown): boolean {
  if (cause instanceof RefusedError) return true
  const failure = sourceFailure('', cause)
  if (failure instanceof ConnectionLostError || failure instanceof HistoryLostError) return false
  const code = codeOf(cause)
  return code !== undefined && !otherFailures.has(code)
}

/**
 * InternalError, AuthenticationFailed, MaxTimeMSExpired, BSONObjectTooLarge of an event; DocumentDB's change streams that
 * are switched off.
 */
const otherFailures = new Set([1, 18, 50, 136, 10334])
