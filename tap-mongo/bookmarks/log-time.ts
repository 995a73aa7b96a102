import type { Timestamp } from 'mongodb'
import { SourceError } from '../../singer/index.js'
import { timestamp } from '../bson/timestamp.js'

/** A time of the log as a state has it. */
export function logTime(t: number, i: number): Timestamp {
  if (t === t >>> 0 && i === i >>> 0) return timestamp(t, i)
  throw new SourceError('read the state: its time of the log is none; run without this bookmark to start over')
}
