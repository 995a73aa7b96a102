import type { Timestamp } from 'mongodb'
import { driver } from './driver.js'

/** A time of the log: seconds since 1970 and an increment within them, both of 32 bits. */
export function timestamp(seconds: number, increment: number): Timestamp {
  return new (driver().Timestamp)({ t: seconds, i: increment })
}
