import type { Long } from 'mongodb'
import { Digits, isObject, type Json, SourceError } from '../../singer/index.js'
import type { Bookmark } from '../../singer/state.js'
import { driver } from '../bson/driver.js'
import { type RawValue, rawValueOf } from '../bson/raw-value.js'
import { timestamp } from '../bson/timestamp.js'
import type { Start } from '../change-stream/change-stream.js'
import { instantOf } from '../settings/date-time.js'
import { logTime } from './log-time.js'

/*
 * Bookmarks of singer-io's tap-mongodb and pipelinewise's, which name Python's types beside texts, and of MeltanoLabs'.
 * Those of z3z1ma's are the SDK's, as ours.
 */

/** The value of the replication key; undefined: none, or one of another key. */
export function peerKey(bookmark: Bookmark, replicationKey: string): RawValue | undefined {
  const { replication_key_name, replication_key_type: type, replication_key_value: value } = bookmark
  if (typeof type === 'string' && value !== undefined && value !== null) {
    return replication_key_name === replicationKey ? typedValue(value, type) : undefined
  }
  const [, id] = (isOfMeltanoLabs(bookmark) && meltanoLabsId.exec(bookmark.replication_key_value)) || []
  return id !== undefined && replicationKey === '_id' ? rawValueOf(new (driver().ObjectId)(id)) : undefined
}

/** The time of an ObjectId, then the ObjectId. */
const meltanoLabsId = /^[^|]+\|([\da-f]{24})$/
/** Begins with the type of a timestamp, then the timestamp itself. */
const tokenText = /^82[\da-f]{16,}$/i

/** The name of the field in its records. */
function isOfMeltanoLabs(bookmark: Bookmark): bookmark is Bookmark & { readonly replication_key_value: string } {
  return bookmark.replication_key === 'replication_key' && typeof bookmark.replication_key_value === 'string'
}

/** The ids of a full read that was interrupted. */
export function peerLoad(bookmark: Bookmark): { max?: RawValue | undefined; last?: RawValue | undefined } | undefined {
  const { max_id_value, max_id_type, last_id_fetched, last_id_fetched_type } = bookmark
  const max = idOf(max_id_value, max_id_type)
  const last = idOf(last_id_fetched, last_id_fetched_type ?? max_id_type)
  return max || last ? { max, last } : undefined
}

function idOf(value: Json | undefined, type: Json | undefined): RawValue | undefined {
  if (value === undefined || value === null) return undefined
  return typedValue(value, typeof type === 'string' ? type : 'ObjectId')
}

/** Where to go on in the log. */
export function peerStart(bookmark: Bookmark): Start | undefined {
  const { token, oplog_ts_time: t, oplog_ts_inc: i } = bookmark
  if (isObject(token) && typeof token._data === 'string') return tokenStart(token._data)
  if (isOfMeltanoLabs(bookmark) && tokenText.test(bookmark.replication_key_value)) {
    return tokenStart(bookmark.replication_key_value)
  }
  if (typeof t !== 'number') return undefined
  return { kind: 'time', time: logTime(t, typeof i === 'number' ? i : 0) }
}

function tokenStart(text: string): Start {
  return { kind: 'token', token: rawValueOf({ _data: text }).bytes }
}

/** Both take a date of MongoDB for one in the zone of the machine that they run on, and so their bookmarks. */
export function hasLocalDate(bookmark: Bookmark): boolean {
  const { replication_key_type, max_id_type, last_id_fetched_type } = bookmark
  return [replication_key_type, max_id_type, last_id_fetched_type].includes('datetime')
}

export function peerDate(text: string): RawValue {
  return typedValue(text, 'datetime')
}

function typedValue(value: Json, type: string): RawValue {
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined
  const text = value instanceof Digits ? value.text : String(value)
  try {
    if (read && (typeof value !== 'object' || value instanceof Digits)) return rawValueOf(read(text))
  } catch (cause) {
    refuse(type, cause)
  }
  return refuse(type)
}

function refuse(type: string, cause?: unknown): never {
  const message = `read the state: a value of the type ${type} cannot be read; run without this bookmark to start over`
  throw new SourceError(message, { cause })
}

/** By the name of Python's class. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  ObjectId: (text) => new (driver().ObjectId)(text),
  int: integer,
  Int64: integer,
  float: (text) => new (driver().Double)(number(text)),
  bool: (text) => text.toLowerCase() === 'true',
  str: (text) => text,
  datetime: (text) => date(text),
  Timestamp: (text) => {
    const [t = '', i = '0'] = text.split('.')
    return timestamp(number(t), number(i))
  },
  bytes: (text) => new (driver().Binary)(Buffer.from(text, 'base64')),
  UUID: (text) => new (driver().UUID)(text),
  Binary: (text) => new (driver().UUID)(text),
}

function integer(text: string): Long {
  const value = driver().Long.fromString(text)
  if (value.toString() !== text) throw new SourceError('it is no integer of 64 bits')
  return value
}

function number(text: string): number {
  const value = pythonNumbers.get(text) ?? Number(text)
  if (text.trim() === '' || (Number.isNaN(value) && text !== 'nan')) throw new SourceError('it is no number')
  return value
}

const pythonNumbers: ReadonlyMap<string, number> = new Map([
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['nan', Number.NaN],
])

/** Of the six digits of a fraction MongoDB has three. */
function date(text: string): Date {
  const ms = instantOf(text)
  if (Number.isNaN(ms)) throw new SourceError('it is no date')
  return new Date(ms)
}
