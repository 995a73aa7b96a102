import type { Document, MongoClient } from 'mongodb'
import { SourceError } from '../singer/index.js'
import { codeOf } from './failure.js'
import { sourceFailure } from './failures.js'
import type { Query } from './pages.js'
import { type Source, titleOf } from './source.js'

/**
 * One `find` whose cursor the server closes at once. Documents are parts of the reply's memory. A reply has no more than
 * 16 MB: fewer documents than the limit need not be the last ones.
 */
export async function find(source: Source, query: Query, limit: number): Promise<readonly Buffer[]> {
  try {
    return await withReadConcern(source, query, limit)
  } catch (cause) {
    throw sourceFailure(`read ${titleOf(source.collection)}`, cause)
  }
}

/** Clones and standalone servers that refused a read concern. */
const refusers = new WeakSet<MongoClient>()

/** Only what a majority has: all else could be rolled back after it was sent. */
async function withReadConcern(source: Source, query: Query, limit: number): Promise<readonly Buffer[]> {
  const { client, hasSessions } = source.deployment
  const command = findCommand(source, query, limit)
  const isPlain = query.notBefore === undefined
  // Without a time to wait for only the primary is surely not older.
  if (refusers.has(client)) return run(source, command, !isPlain)
  const afterClusterTime = hasSessions && query.notBefore
  const readConcern = { level: 'majority', ...(afterClusterTime ? { afterClusterTime } : {}) }
  try {
    return await run(source, { ...command, readConcern }, !isPlain && !hasSessions)
  } catch (cause) {
    if (!refusals.has(codeOf(cause) ?? 0)) throw cause
    const documents = await run(source, command, !isPlain)
    refusers.add(client)
    return documents
  }
}

/**
 * BadValue, FailedToParse, InvalidOptions, CommandNotSupported, NotAReplicaSet, ReadConcernMajorityNotEnabled,
 * NotImplemented, an unknown field. https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
 */
const refusals = new Set([2, 9, 72, 115, 123, 148, 238, 40415])

function findCommand({ collection, projection }: Source, query: Query, limit: number): Document {
  const fields = query.projection ?? projection
  return {
    find: collection.name,
    filter: query.filter,
    sort: query.sort,
    ...(fields ? { projection: fields } : {}),
    limit,
    ...(query.skip ? { skip: query.skip } : {}),
    // One more than the limit: the cursor ends with its first batch also where singleBatch is not known.
    batchSize: limit + 1,
    singleBatch: true,
  }
}

/**
 * As a command: the driver's cursor looks into each document, which takes most of its time. `fieldsAsRaw` leaves those of
 * the reply as they are.
 */
async function run(source: Source, command: Document, isOnPrimary: boolean): Promise<readonly Buffer[]> {
  const db = source.deployment.client.db(source.collection.database)
  const reply = await db.command(command, {
    readPreference: isOnPrimary ? 'primary' : db.readPreference,
    fieldsAsRaw: { firstBatch: true },
    enableUtf8Validation: false,
    signal: source.context.signal,
  })
  return asBuffers(reply['cursor']?.firstBatch)
}

export function asBuffers(documents: unknown): readonly Buffer[] {
  if (Array.isArray(documents) && documents.every((document) => Buffer.isBuffer(document))) return documents
  throw new SourceError('the server answered without a list of documents')
}
