import type { Timestamp } from 'mongodb'
import type { ChangeBatch, Start } from '../change-stream/change-stream.js'

/** A place in the log: every change before it is sent. Without a token (some servers give none at first) its time counts. */
export interface Position {
  readonly token?: Buffer | undefined
  readonly time?: Timestamp | undefined
}

export function startOf({ token, time }: Position): Start {
  if (token) return { kind: 'token', token }
  return time ? { kind: 'time', time } : { kind: 'now' }
}

/** Equal texts are equal positions. */
export function positionText({ token, time }: Position): string {
  return token ? token.toString('base64') : `${time?.t}.${time?.i}`
}

/**
 * Behind a batch that is sent. The server's own time, where there is no token yet, counts up to the time that was noted
 * before the change stream was opened: what came later may still be on its way.
 */
export function movedOn(position: Position, { token, time }: ChangeBatch, noted: Timestamp): Position {
  if (token) return position.token?.equals(token) ? position : { token, time }
  return position.token || !time ? position : { time: later(earlier(time, noted), position.time) }
}

export function isAtOrBehind(time: Timestamp, other: Timestamp): boolean {
  return time.t > other.t || (time.t === other.t && time.i >= other.i)
}

export function later(time: Timestamp, other: Timestamp | undefined): Timestamp {
  return other && isAtOrBehind(other, time) ? other : time
}

export function earlier(time: Timestamp, other: Timestamp): Timestamp {
  return isAtOrBehind(time, other) ? other : time
}
