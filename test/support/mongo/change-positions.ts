import { Binary, type Document, Timestamp } from 'bson'
import { Refusal } from './refusal.js'

/**
 * A place in the log of changes, as text that sorts like the log: seconds, increment, what stands there, fragment, each in
 * hex. The token of a place is this behind the type byte of a timestamp, as in the key strings of the server.
 */
export type Position = string

/** Before all that happened at this time. */
export function atTime(time: Timestamp): Position {
  return `${hex(time.t, 8)}${hex(time.i, 8)}0000`
}

/** Behind the change of this time, or behind this fragment of it, counted from 1. */
export function behindChange(time: Timestamp, fragment = 0xff): Position {
  return `${hex(time.t, 8)}${hex(time.i, 8)}40${hex(fragment, 2)}`
}

/** Behind the invalidate that follows the change of this time. */
export function behindInvalidate(time: Timestamp): Position {
  return `${hex(time.t, 8)}${hex(time.i, 8)}4100`
}

/** Behind all that happened at this time. */
export function behindAll(time: Timestamp): Position {
  return `${hex(time.t, 8)}${hex(time.i, 8)}5000`
}

export function isInvalidate(position: Position): boolean {
  return position.slice(16, 18) === '41'
}

export function isFragment(position: Position): boolean {
  return position.slice(16, 18) === '40' && !position.endsWith('ff')
}

/** Cosmos DB writes its tokens in its own way. */
export type TokenForm = 'plain' | 'typeBits' | 'cosmos'

export function tokenOf(position: Position, form: TokenForm): Document {
  if (form === 'cosmos') return { _data: new Binary(Buffer.from(position)), _kind: 1 }
  const data = { _data: `82${position.toUpperCase()}04` }
  return form === 'plain' ? data : { ...data, _typeBits: typeBits }
}

/** Refuses what `tokenOf` has not written. */
export function positionOf(token: Document, form: TokenForm): Position {
  const text = form === 'cosmos' ? token._data?.buffer?.toString() : String(token._data).slice(2, -2).toLowerCase()
  const isWhole = form !== 'typeBits' || token._typeBits?.buffer?.equals(typeBits.buffer)
  if (!/^[0-9a-f]{20}$/.test(text) || !isWhole) throw new Refusal(260, 'InvalidResumeToken', 'this is no token of mine')
  return text
}

export function timeOf(position: Position): Timestamp {
  return new Timestamp({
    t: Number.parseInt(position.slice(0, 8), 16),
    i: Number.parseInt(position.slice(8, 16), 16),
  })
}

const typeBits = new Binary(Buffer.from([0x82, 0x01]))

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
