// A MongoDB of its own process that makes up its documents: `made.documents`, as many as the argument says, by `_id` from 0
// on. Prints its port.
import { serialize } from 'bson'
import { cursorReply } from '../support/mongo/cursors.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Batch } from '../support/mongo/types.js'
import { mongoDocument } from './mongo-document.js'

const namespace = 'made.documents'
const perBatch = 10_000
const count = Number(process.argv[2])
/** In turn, each with the `_id` of its place, which is the first field. */
const templates = Array.from({ length: 1000 }, (_, n) => Buffer.from(serialize(mongoDocument(n))))
const idAt = 4 + '\x10_id\0'.length

const server = await startScripted()
server.insert('made', 'documents', { _id: 0 }, { _id: count - 1 })
server.handle('find', async ({ body }, next) => {
  const limit = Number(body.limit ?? 0)
  if (limit === 1 || Number(body.sort?._id) === -1) return next()
  const from = lastOf(body.filter) + 1
  if (limit > 0) return cursorReply('firstBatch', batch(from, limit), 0n, namespace)
  return cursorReply('firstBatch', batch(0, perBatch), server.openCursor(behind(perBatch)), namespace)
})
process.stdout.write(`${server.port}\n`)

function behind(start: number) {
  let from = start
  return {
    namespace,
    next: (): Batch => {
      from += perBatch
      return batch(from - perBatch, perBatch)
    },
  }
}

function batch(from: number, limit: number): Batch {
  const until = Math.min(from + limit, count)
  const documents = Array.from({ length: Math.max(until - from, 0) }, (_, i) => documentAt(from + i))
  return { documents, isLast: until >= count }
}

function documentAt(n: number): Buffer {
  const document = Buffer.from(templates[n % templates.length] ?? '')
  document.writeInt32LE(n, idAt)
  return document
}

/** What a filter of keys wants to be behind; -1: it does not say. */
function lastOf(filter: unknown): number {
  if (typeof filter !== 'object' || filter === null) return -1
  for (const [name, value] of Object.entries(filter)) {
    const found = name === '$gt' && !Number.isNaN(Number(value)) ? Number(value) : lastOf(value)
    if (found >= 0) return found
  }
  return -1
}
