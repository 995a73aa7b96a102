import type { Position } from '../boundary.js'
import { BsonType } from '../bson/bson-type.js'
import type { RawValue } from '../bson/raw-value.js'
import { compareKeys, keyBefore } from '../key-order.js'
import { type Bound, inRange } from '../keyset.js'
import { brackets, placeOf } from '../reading/brackets.js'
import { firstDocument } from '../reading/pages.js'
import { allOf, streamFilter } from '../reading/stream-filter.js'
import { assertOrdered, type ReplicationKey, reportEarlierType } from '../replication-key.js'
import type { Source } from '../source.js'
import { keyWindow } from './window.js'

/** What a run reads, fixed when it begins. */
export interface KeyRange {
  /** Everything: also documents without a value in the key. */
  readonly isWhole: boolean
  /** From this value on; undefined: all that have one. */
  readonly lower: RawValue | undefined
  /**
   * Several finds see several moments. What comes behind the greatest key meanwhile is left to the next run: it finds also
   * documents with the same value that came after the find which passed there. Undefined: there is nothing to read.
   */
  readonly upper: Bound | undefined
}

export async function keyRange(source: Source, key: ReplicationKey, position: Position | undefined): Promise<KeyRange> {
  const { lookback = 0, start_date } = source.own
  const stored = position && ((lookback > 0 && keyBefore(position.value, lookback)) || position.value)
  const greatest = await greatestKey(source, key)
  if (position && greatest) reportEarlierType(source, key, position.value, greatest)
  const { start, end } = keyWindow(source, key, greatest)
  if (start && !position) await reportLeftOut(source, key, start)
  return {
    isWhole: !position && !start && (greatest !== undefined || start_date === undefined),
    lower: stored && start ? later(stored, start) : (stored ?? start),
    upper: greatest && upperBound(greatest, end),
  }
}

async function greatestKey(source: Source, key: ReplicationKey): Promise<RawValue | undefined> {
  const { path } = key
  const filter = allOf(streamFilter(source), { [path]: { $ne: null } })
  const document = await firstDocument(source, { filter, sort: { [path]: -1 }, projection: { [path]: 1 } })
  const value = document && key.valueOf(document)
  return value && assertOrdered(source, key, value)
}

function later(stored: RawValue, start: RawValue): RawValue {
  return compareKeys(start, stored) > 0 ? start : stored
}

function upperBound(greatest: RawValue, end: RawValue | undefined): Bound {
  return end && compareKeys(end, greatest) <= 0 ? { value: end, isIn: false } : { value: greatest, isIn: true }
}

/** Keys of an earlier type stand before every date; so do missing ones. */
async function reportLeftOut(source: Source, { path }: ReplicationKey, start: RawValue): Promise<void> {
  const { stream, context } = source
  const least = brackets[placeOf(start) ?? -1]?.min
  if (!least) return
  const earlier = { $or: [{ [path]: null }, inRange(path, afterNull, { value: least, isIn: false })] }
  const filter = allOf(streamFilter(source), earlier)
  if (!(await firstDocument(source, { filter, sort: {}, projection: { _id: 1 } }))) return
  const fields = { stream: stream.id, replication_key: path }
  context.log.warning('start_date leaves out documents whose replication key is missing or of an earlier type', fields)
}

const afterNull: Bound = { value: { type: BsonType.null, bytes: Buffer.alloc(0) }, isIn: false }
