import { SourceError } from '../singer/index.js'
import { adviceFor } from './failures/advice.js'
import { type Failure, failureOf } from './failures/failure.js'

/** A new attempt may mend it: the connection is gone, a primary is being elected, the cursor was lost. */
export class ConnectionLostError extends SourceError {
  override name = 'ConnectionLostError'
}

/** The change stream cannot go on from its token: the log no longer reaches back to it. */
export class HistoryLostError extends SourceError {
  override name = 'HistoryLostError'
}

/** `doing`: what was being done to which object. Classifies by error code and label; keeps the cause. */
export function sourceFailure(doing: string, cause: unknown): SourceError {
  if (cause instanceof SourceError) return cause
  const failure = failureOf(cause)
  const message = `${doing}: ${failure.message}${adviceFor(failure)}`
  if (isHistoryLost(failure)) return new HistoryLostError(message, { cause })
  return isLost(failure) ? new ConnectionLostError(message, { cause }) : new SourceError(message, { cause })
}

/**
 * CappedPositionLost, InvalidResumeToken, ChangeStreamFatalError, ChangeStreamHistoryLost; before 4.2: resume point, token
 * or collection not found. https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
 */
const historyLostCodes = new Set([136, 260, 280, 286, 40576, 40585, 40615])
const failedToParse = 9
/** What DocumentDB says of a collection whose change streams are switched off, with the code of a lost position. */
const switchedOff = /modifyChangeStreams|not enabled/i

function isHistoryLost({ code, message }: Failure): boolean {
  if (code === failedToParse) return /resume ?token/i.test(message)
  return code !== undefined && historyLostCodes.has(code) && !switchedOff.test(message)
}

/** Is it of the kind that a new attempt may mend? */
export function isLost({ name, code, labels, text }: Failure): boolean {
  const isLabelled = labels.some((label) => lostLabels.has(label))
  if (code !== undefined) return isLabelled || lostCodes.has(code)
  return (isLabelled || lostClasses.has(name) || lostSocket.test(text)) && !refused.test(text)
}

/** Another attempt would find the same: certificates, and servers that this driver does not speak with. */
const refused = /CERT|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|wire version/

const lostSocket = /\b(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)\b/

/** By name: the driver is loaded late. A closed client is none of these: it was closed on purpose. */
const lostClasses = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongoNotConnectedError',
  'MongoServerClosedError',
  'MongoStalePrimaryError',
  'MongoPoolClosedError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
  'MongoExpiredSessionError',
])

/** ResetPool is none of them: the driver puts it to every failed login. */
const lostLabels = new Set(['ResumableChangeStreamError', 'RetryableError', 'SystemOverloadedError'])

/**
 * Elections, shutdowns, networks inside a cluster, moved chunks, killed and forgotten cursors, and too many requests
 * (16500, Cosmos). https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
 */
const lostCodes = new Set([
  6, 7, 43, 63, 89, 91, 133, 134, 150, 175, 189, 202, 234, 237, 239, 246, 262, 317, 391, 9001, 10058, 10107, 11600,
  11601, 11602, 13388, 13435, 13436, 16500,
])
