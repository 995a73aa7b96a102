import { Timestamp } from 'bson'
import { isObject, type Json, SourceError } from '../../singer/index.js'
import { type Bookmark, positionOf } from '../../singer/state.js'
import { fromBookmark, toBookmark } from '../bookmarks.js'
import { BsonType } from '../bson/bson-type.js'
import type { Position } from './position.js'

/** `resume_token`: the whole of it, also what stands beside `_data`. */
export function positionBookmark({ token, time }: Position): Bookmark {
  return {
    ...(token ? { resume_token: toBookmark({ type: BsonType.object, bytes: token }) } : {}),
    ...(time ? { resume_token_time: { t: time.t, i: time.i } } : {}),
  }
}

/** What positionBookmark wrote; `token` of pipelinewise, the key of MeltanoLabs, the oplog's time of singer-io. */
export function storedPosition(bookmark: Bookmark): Position | undefined {
  const token = tokenIn(bookmark)
  const time = timeIn(bookmark)
  return token || time ? { token, time } : undefined
}

function tokenIn(bookmark: Bookmark): Buffer | undefined {
  const { resume_token: ours, token: pipelinewise } = bookmark
  const key = positionOf(bookmark, 'resume_token') ?? positionOf(bookmark, '_id')
  const stored = ours ?? pipelinewise ?? (isTokenText(key) ? { _data: key } : undefined)
  if (stored === undefined || stored === null) return undefined
  const { type, bytes } = fromBookmark(isTokenText(stored) ? { _data: stored } : stored)
  if (type === BsonType.object) return bytes
  throw new SourceError('read the state: a resume token is no document; run without this bookmark to start over')
}

/** An ObjectId, which MeltanoLabs' tap keeps under the same name, has 24 digits. */
function isTokenText(value: Json | undefined): value is string {
  return typeof value === 'string' && value.length > 24 && /^[0-9a-f]+$/i.test(value)
}

function timeIn({ resume_token_time, oplog_ts_time: t, oplog_ts_inc: i }: Bookmark): Timestamp | undefined {
  return isObject(resume_token_time) ? timestamp(resume_token_time.t, resume_token_time.i) : timestamp(t, i)
}

function timestamp(t: Json | undefined, i: Json | undefined): Timestamp | undefined {
  return isUnsigned(t) && isUnsigned(i) ? new Timestamp({ t, i }) : undefined
}

/** Of 32 bits. */
export function isUnsigned(value: unknown): value is number {
  return typeof value === 'number' && value === value >>> 0
}
