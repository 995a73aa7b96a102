import { changeEvent, element, type Images, withToken } from './change-event.js'
import type { ChangeLog, Entry } from './change-log.js'
import { atTime, behindChange, behindInvalidate, type Position, type TokenForm, tokenOf } from './change-positions.js'
import { fragments } from './change-split.js'
import { documentOf } from './elements.js'
import { runPipeline } from './pipeline.js'
import { Refusal } from './refusal.js'
import type { Batch } from './types.js'

/** A change stream as a client has opened it. */
export interface ChangeRequest {
  readonly database: string
  /** Undefined: all of the database. */
  readonly collection: string | undefined
  readonly start: Position
  readonly images: Images
  /** Behind `$changeStream`, without the stage that splits. */
  readonly stages: readonly Buffer[]
  readonly splits: boolean
  readonly fragmentBytes: number
  readonly tokens: TokenForm
  /** Like DocumentDB: no token behind a batch before the first event. */
  readonly isSilent: boolean
}

export interface ChangeCursor {
  /** Empty when nothing has happened since. */
  take(batchSize: number): Batch
}

export function changeCursor(log: ChangeLog, request: ChangeRequest): ChangeCursor {
  let position = request.start
  let hasSpoken = false
  return {
    take(batchSize) {
      if (position < log.horizon) throw historyLost(request)
      const documents: Buffer[] = []
      let isLast = false
      let bytes = 0
      const isFull = () => documents.length >= batchSize || bytes > maxBatchBytes
      for (const piece of pieces(log, request, position)) {
        if (isFull()) break
        position = piece.position
        isLast = piece.isLast
        if (piece.document) documents.push(withToken(piece.document, tokenOf(position, request.tokens)))
        bytes += piece.document?.length ?? 0
        if (isLast) break
      }
      if (!isLast && !isFull()) position = later(position, atTime(log.server.operationTime))
      hasSpoken ||= documents.length > 0
      const token = { postBatchResumeToken: tokenOf(position, request.tokens) }
      return { documents, isLast, fields: request.isSilent && !hasSpoken ? {} : token }
    },
  }
}

interface Piece {
  readonly position: Position
  /** Undefined: the pipeline leaves it out. */
  readonly document: Buffer | undefined
  /** Nothing can follow. */
  readonly isLast: boolean
}

function* pieces(log: ChangeLog, request: ChangeRequest, position: Position): Generator<Piece> {
  for (const entry of log.entries) {
    if (behindInvalidate(entry.time) <= position || !isWatched(entry, request)) continue
    for (const piece of piecesOf(log, request, entry)) if (piece.position > position) yield piece
  }
}

function* piecesOf(log: ChangeLog, request: ChangeRequest, entry: Entry): Generator<Piece> {
  const [event] = runPipeline([changeEvent(log.server, entry, request.images)], request.stages)
  const isTooLarge = event !== undefined && event.length > request.fragmentBytes
  if (isTooLarge && !request.splits) throw new Refusal(10334, 'BSONObjectTooLarge', 'BSONObj size is invalid')
  const parts = isTooLarge ? fragments(event, request.fragmentBytes) : [event]
  for (const [index, document] of parts.entries()) {
    const position = isTooLarge ? behindChange(entry.time, index + 1) : behindChange(entry.time)
    yield { position, document, isLast: false }
  }
  if (!ends(entry, request)) return
  const fields = [element('operationType', 'invalidate'), element('clusterTime', entry.time)]
  const [document] = runPipeline([documentOf(fields)], request.stages)
  yield { position: behindInvalidate(entry.time), document, isLast: true }
}

function isWatched({ database, collection, to }: Entry, request: ChangeRequest): boolean {
  if (database !== request.database) return false
  return request.collection === undefined || collection === request.collection || to === request.collection
}

function ends({ operation }: Entry, { collection }: ChangeRequest): boolean {
  if (collection === undefined) return operation === 'dropDatabase'
  return ['drop', 'rename', 'dropDatabase'].includes(operation)
}

function historyLost({ isSilent }: ChangeRequest): Refusal {
  if (isSilent) return new Refusal(9, 'FailedToParse', 'Invalid resume token')
  return new Refusal(286, 'ChangeStreamHistoryLost', 'the resume point may no longer be in the oplog', {
    errorLabels: ['NonResumableChangeStreamError'],
  })
}

function later(a: Position, b: Position): Position {
  return a > b ? a : b
}

const maxBatchBytes = 16 * 1024 * 1024
