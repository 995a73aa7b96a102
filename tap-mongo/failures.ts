import { SourceError } from '../singer/index.js'

/** A new attempt may mend it: the connection is gone, a primary is being elected, the cursor was lost. */
export class ConnectionLostError extends SourceError {
  override name = 'ConnectionLostError'
}

/** The change stream cannot go on from its token: the log no longer reaches back to it. */
export class HistoryLostError extends SourceError {
  override name = 'HistoryLostError'
}

/** `doing`: what was being done to which object. Classifies by error code and label; keeps the cause. */
export function sourceFailure(_doing: string, _cause: unknown): SourceError {
  throw new Error('contract')
}
