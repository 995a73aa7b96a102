import type { Timestamp } from 'mongodb'
import { SourceError } from '../../singer/index.js'
import { retry } from '../../singer/retry.js'
import { ConnectionLostError, sourceFailure } from '../failures.js'
import type { Common } from '../source.js'

/** Of the run's start. */
export function assertReadable({ deployment }: Common): Timestamp {
  if (deployment.operationTime) return deployment.operationTime
  throw new SourceError(
    'read change streams: the server has no operation time, so it keeps no log, as standalone servers do; ' +
      'make it a replica set of one member (replSetName, then rs.initiate()), or choose FULL_TABLE or INCREMENTAL',
  )
}

/** `usual` where the server does not say. */
export async function operationTimeNow({ deployment, context, pace }: Common, usual: Timestamp): Promise<Timestamp> {
  const { signal } = context
  const ask = async () => {
    try {
      const { operationTime } = await deployment.client.db('admin').command({ hello: 1 })
      return operationTime ?? usual
    } catch (problem) {
      throw sourceFailure('ask the server for its time', problem)
    }
  }
  const isRetryable = (problem: unknown) => problem instanceof ConnectionLostError
  try {
    return await retry(ask, { isRetryable, signal, attempts: pace.attempts, firstMs: pace.firstWaitMs })
  } catch (problem) {
    if (signal.aborted) return usual
    throw problem
  }
}
