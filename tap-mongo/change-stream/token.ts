import type { Timestamp } from 'mongodb'
import { timestamp } from '../bson/timestamp.js'
import { fieldsOf } from './fields.js'
import { textIn } from './read-field.js'

/**
 * The place of a resume token in the log: bytes 1 to 8 of the key string that its `_data` spells in hex, behind the type
 * byte of a timestamp. Undefined for tokens of other forms, as the clones have them.
 * https://github.com/mongodb/mongo/blob/master/src/mongo/db/pipeline/resume_token.h
 */
export function tokenTime(token: Buffer): Timestamp | undefined {
  const time = textIn(fieldsOf(token).get('_data'))?.match(/^82([0-9a-f]{8})([0-9a-f]{8})/i)
  return time ? timestamp(Number.parseInt(time[1] ?? '', 16), Number.parseInt(time[2] ?? '', 16)) : undefined
}
