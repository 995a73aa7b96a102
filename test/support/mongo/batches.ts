import { cursorReply } from './cursors.js'
import { Refusal } from './refusal.js'
import type { State } from './state.js'
import type { Batch, Command } from './types.js'

/** As many bytes of documents as the server puts into one reply; always at least one document. */
const maxBatchBytes = 16 * 1024 * 1024
const defaultBatchSize = 101

export interface Listing {
  readonly namespace: string
  readonly batchSize: number | undefined
  readonly singleBatch?: boolean
  /** The server knows the end when it has given so many. */
  readonly limit?: number
}

/** Answers with the first batch; the rest waits in a cursor for `getMore`. */
export function listed(state: State, documents: Iterable<Buffer>, listing: Listing): Buffer {
  const next = batches(documents, listing.limit || Number.POSITIVE_INFINITY)
  const first = next(listing.batchSize ?? defaultBatchSize)
  const { namespace } = listing
  if (first.isLast || listing.singleBatch) return cursorReply('firstBatch', first, 0n, namespace)
  const id = state.cursors.open({
    namespace,
    next: ({ body }) => next(numberOf(body.batchSize) || Number.POSITIVE_INFINITY),
  })
  return cursorReply('firstBatch', first, id, namespace)
}

/** Of a command's body; undefined where it is absent. */
export function numberOf(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : Number(String(value))
}

/** `batchSize` of commands that have it in `cursor`. */
export function cursorBatchSize({ body }: Command): number | undefined {
  return numberOf(body.cursor?.batchSize)
}

// A batch that is full is not the last one, even if nothing follows: the server has not looked. A limit it knows.
function batches(documents: Iterable<Buffer>, limit: number): (batchSize: number) => Batch {
  const iterator = documents[Symbol.iterator]()
  let ahead: Buffer | undefined
  let given = 0
  return (batchSize) => {
    if (batchSize < 0) throw new Refusal(51024, 'Location51024', 'BSON field batchSize must be >= 0')
    const batch: Buffer[] = []
    for (let bytes = 0; batch.length < batchSize && given < limit; given++) {
      const document = ahead ?? nextOf(iterator)
      ahead = undefined
      if (!document) return { documents: batch, isLast: true }
      bytes += document.length
      if (batch.length > 0 && bytes > maxBatchBytes) {
        ahead = document
        break
      }
      batch.push(document)
    }
    return { documents: batch, isLast: given >= limit }
  }
}

function nextOf(iterator: Iterator<Buffer>): Buffer | undefined {
  const { done, value } = iterator.next()
  return done ? undefined : value
}
