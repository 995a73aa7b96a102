import type { Document, Timestamp } from 'mongodb'
import { SourceError } from '../../singer/index.js'
import { documentsOf, type Fields, fieldsOf } from './fields.js'
import { documentIn, integerIn, textIn } from './read-field.js'

/** What the server answered to an `aggregate` or a `getMore`. */
export interface Reply {
  /** 0n: the server closed the cursor. */
  readonly cursor: bigint
  /** Where `getMore` finds the cursor: `$cmd.aggregate` for a whole database. */
  readonly collection: string
  readonly events: readonly Fields[]
  readonly postBatchToken: Buffer | undefined
  /** Of the server, when it answered. */
  readonly operationTime: Timestamp | undefined
}

/** The driver was asked for it `raw`: `cursor` is BSON. */
export function replyOf({ cursor, operationTime }: Document): Reply {
  if (!Buffer.isBuffer(cursor)) throw new SourceError('the server answered to a change stream without a cursor')
  const fields = fieldsOf(cursor)
  const batch = fields.get('nextBatch') ?? fields.get('firstBatch')
  const namespace = textIn(fields.get('ns')) ?? ''
  return {
    cursor: integerIn(fields.get('id')) ?? 0n,
    collection: namespace.slice(namespace.indexOf('.') + 1),
    events: batch ? documentsOf(batch.bytes).map(fieldsOf) : [],
    postBatchToken: documentIn(fields.get('postBatchResumeToken')),
    operationTime,
  }
}
