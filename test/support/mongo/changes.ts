import type { Timestamp } from 'bson'
import { changeCursor } from './change-cursor.js'
import { type Change, type ChangeLog, changeLog } from './change-log.js'
import { changeRequest, isChangeStream, type Refused } from './change-request.js'
import { cursorReply } from './cursors.js'
import { Refusal } from './refusal.js'
import type { Batch, Command, Input, Scripted, Write } from './types.js'

export type { Change } from './change-log.js'

/** MongoDB 7 where nothing else is said. */
export interface ChangesOptions {
  /**
   * DocumentDB: by collection, switched on by `modifyChangeStreams`, no token before the first event, no `startAfter`.
   * Cosmos DB: by collection, one pipeline only, tokens of its own, no deletes. vCore: by collection, never waits.
   */
  readonly kind?: 'documentdb' | 'cosmos' | 'vcore'
  /** What this server does not know. */
  readonly refuses?: readonly Refused[]
  /** An event with more bytes is split, or refused where the pipeline does not say so; 16 MB where absent. */
  readonly fragmentBytes?: number
  /** Tokens have `_typeBits` beside `_data`, and are refused without. */
  readonly hasTypeBits?: boolean
  /** Pre- and post-images. */
  readonly keepsImages?: boolean
}

/** The change streams of a scripted server: what is written to it stands in its log. */
export interface Changes {
  /** Only in the log; the documents stay as they are. */
  change(change: Change): Timestamp
  /** The document with the same `_id`: an `update` in the log, where `replace` of the server is a `replace`. */
  update(database: string, collection: string, document: Input): Timestamp
  /** Something happens elsewhere: tokens move on. */
  advance(): Timestamp
  /** The log no longer reaches back behind this; without: now. */
  loseHistory(before?: Timestamp): void
}

export function changeStreams(server: Scripted, options: ChangesOptions = {}): Changes {
  const log = changeLog(server)
  const switchedOn = new Set<string>()
  let isUpdate = false
  server.onWrite((write) => log.add(changeOf(write, isUpdate), write.time))
  server.handle('aggregate', (command, next) => {
    if (!isChangeStream(command)) return next()
    const isOff = options.kind === 'documentdb' && !switchedOn.has(namespaceOf(command))
    if (isOff && typeof command.body.aggregate === 'string') throw switchedOff
    return open(log, command, options)
  })
  server.handle('modifyChangeStreams', ({ body }) => {
    switchedOn.add(`${body.database}.${body.collection}`)
    return { ok: 1 }
  })
  return {
    change(change) {
      const time = server.tick()
      log.add(change, time)
      return time
    },
    update(database, collection, document) {
      isUpdate = true
      server.replace(database, collection, document)
      isUpdate = false
      return server.operationTime
    },
    advance() {
      const time = server.tick()
      log.wake()
      return time
    },
    loseHistory(before = server.tick()) {
      log.forget(before)
    },
  }
}

function namespaceOf({ database, body }: Command): string {
  return `${database}.${typeof body.aggregate === 'string' ? body.aggregate : '$cmd.aggregate'}`
}

const switchedOff = new Refusal(136, 'CappedPositionLost', 'CollectionScan died due to position being deleted')

function changeOf(write: Write, isUpdate: boolean): Change {
  const { operation, database, collection, document, before } = write
  const place = { operation: isUpdate && operation === 'replace' ? 'update' : operation, database, collection }
  if (operation === 'drop') return place
  if (operation === 'delete') return { ...place, before: document }
  return { ...place, document, ...(before && { before }) }
}

function open(log: ChangeLog, command: Command, options: ChangesOptions): Buffer {
  const cursor = changeCursor(log, changeRequest(log.server, command, options))
  const namespace = namespaceOf(command)
  const first = cursor.take(sizeOf(command.body.cursor?.batchSize))
  if (first.isLast) return cursorReply('firstBatch', first, 0n, namespace)
  let isClosed = false
  const id = log.server.openCursor({
    namespace,
    async next({ body }: Command): Promise<Batch> {
      const until = Date.now() + waitOf(body.maxTimeMS, options)
      for (;;) {
        const batch = cursor.take(sizeOf(body.batchSize))
        const left = until - Date.now()
        if (batch.documents.length > 0 || batch.isLast || left <= 0 || isClosed) return batch
        await log.wait(left)
      }
    },
    close() {
      isClosed = true
      log.wake()
    },
  })
  return cursorReply('firstBatch', first, id, namespace)
}

function sizeOf(batchSize: unknown): number {
  return batchSize === undefined ? 101 : Number(String(batchSize))
}

function waitOf(maxTimeMs: unknown, { kind }: ChangesOptions): number {
  if (kind === 'vcore' || kind === 'cosmos') return 0
  return maxTimeMs === undefined ? 1000 : Number(String(maxTimeMs))
}
