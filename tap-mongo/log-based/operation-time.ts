import type { Timestamp } from 'mongodb'
import { ConfigError, SourceError } from '../../singer/index.js'
import { retry } from '../../singer/retry.js'
import type { Config } from '../config.js'
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
export function operationTimeNow({ deployment, context, pace }: Common, usual: Timestamp): Promise<Timestamp> {
  const ask = async () => {
    try {
      const { operationTime } = await deployment.client.db('admin').command({ hello: 1 })
      return operationTime ?? usual
    } catch (problem) {
      throw sourceFailure('ask the server for its time', problem)
    }
  }
  const isRetryable = (problem: unknown) => problem instanceof ConnectionLostError
  return retry(ask, { isRetryable, signal: context.signal, attempts: pace.attempts, firstMs: pace.firstWaitMs })
}

/** The setting `start_at_operation_time`: an ISO date, `seconds.increment`, or `{"t": seconds, "i": increment}`. */
export async function startTime({ start_at_operation_time: text }: Pick<Config, 'start_at_operation_time'>) {
  if (text === undefined) return undefined
  const { Timestamp } = await import('mongodb')
  const [, seconds, increment] = numbers.exec(text) ?? []
  const t = seconds === undefined ? Math.floor(Date.parse(text) / 1000) : Number(seconds)
  const i = Number(increment ?? 1)
  if (isUnsigned(t) && isUnsigned(i)) return { text, time: new Timestamp({ t, i }) }
  throw new ConfigError('start_at_operation_time: neither a date nor a time like "1700000000.1"')
}

const numbers = /^\s*(?:\{\s*"t"\s*:\s*)?(\d+)(?:\.|\s*,\s*"i"\s*:\s*)(\d+)\s*\}?\s*$/

function isUnsigned(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff
}
