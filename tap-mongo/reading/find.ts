import type { Document, MongoClient, Timestamp } from 'mongodb'
import { SourceError } from '../../singer/index.js'
import { codeOf, failureOf } from '../failures/failure.js'
import { sourceFailure } from '../failures.js'
import { type Source, titleOf } from '../source.js'
import type { Query } from './pages.js'
import { rareTypesIn, withoutTypes } from './rare-types.js'

/**
 * One `find` whose cursor the server closes at once. Documents are parts of the reply's memory. A reply has no more than
 * 16 MB: fewer documents than the limit need not be the last ones.
 */
export async function find(source: Source, query: Query, limit: number): Promise<readonly Buffer[]> {
  try {
    return await withKnownTypes(source, query, limit)
  } catch (cause) {
    throw sourceFailure(`read ${titleOf(source.collection)}`, cause)
  }
}

/** Types that a clone does not know, and so refuses to search for. */
const unknownTypes = new WeakMap<MongoClient, ReadonlySet<number>>()

async function withKnownTypes(source: Source, query: Query, limit: number): Promise<readonly Buffer[]> {
  const { client } = source.deployment
  const ask = (unknown: ReadonlySet<number>) => {
    const filter = withoutTypes(query.filter, unknown)
    return withReadConcern(source, findCommand(source, { ...query, filter }, limit), query.notBefore)
  }
  const known = unknownTypes.get(client)
  try {
    return await ask(known ?? new Set())
  } catch (cause) {
    const unknown = known || !isReply(cause) ? new Set<number>() : await refusedTypes(source, query)
    if (unknown.size === 0) throw cause
    const documents = await ask(unknown)
    unknownTypes.set(client, unknown)
    return documents
  }
}

/** Empty where it is something else that the server refuses. */
async function refusedTypes(source: Source, { filter }: Query): Promise<Set<number>> {
  const isRefused = async (type: number) => {
    try {
      await run(source, {
        find: source.collection.name,
        filter: { _id: { $type: [type] } },
        limit: 1,
        singleBatch: true,
      })
      return false
    } catch (cause) {
      if (!isReply(cause)) throw cause
      return true
    }
  }
  const refused = new Set<number>()
  if (await isRefused(knownToAll)) return refused
  for (const type of rareTypesIn(filter)) if (await isRefused(type)) refused.add(type)
  return refused
}

function isReply(cause: unknown): boolean {
  return failureOf(cause).name === 'MongoServerError'
}

/** ObjectId. */
const knownToAll = 7

/** Clones and standalone servers that refused a read concern. */
const withoutReadConcern = new WeakSet<MongoClient>()

/** Only what a majority has: all else could be rolled back after it was sent. */
async function withReadConcern(source: Source, command: Document, notBefore: Timestamp | undefined) {
  const { client, hasSessions } = source.deployment
  // Where nothing can be waited for, only the primary is surely not older.
  if (withoutReadConcern.has(client)) return run(source, command, notBefore !== undefined)
  const afterClusterTime = hasSessions ? notBefore : undefined
  const readConcern = { level: 'majority', ...(afterClusterTime ? { afterClusterTime } : {}) }
  try {
    return await run(source, { ...command, readConcern }, notBefore !== afterClusterTime)
  } catch (cause) {
    if (!refusals.has(codeOf(cause) ?? 0)) throw cause
    const documents = await run(source, command, notBefore !== undefined)
    withoutReadConcern.add(client)
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
    ...(query.skip ? { skip: query.skip } : {}),
    limit,
    // One more than the limit: the cursor ends with its first batch also where singleBatch is not known.
    batchSize: limit + 1,
    singleBatch: true,
  }
}

/**
 * As a command: the driver's cursor looks into each document, which takes most of its time. `fieldsAsRaw` leaves those of
 * the reply as they are.
 */
async function run(source: Source, command: Document, isOnPrimary = false): Promise<readonly Buffer[]> {
  const db = source.deployment.client.db(source.collection.database)
  const reply = await db.command(command, {
    readPreference: isOnPrimary ? 'primary' : db.readPreference,
    fieldsAsRaw: { firstBatch: true },
    enableUtf8Validation: false,
    signal: source.context.signal,
  })
  return asBuffers(reply.cursor?.firstBatch)
}

export function asBuffers(documents: unknown): readonly Buffer[] {
  if (Array.isArray(documents) && documents.every((document) => Buffer.isBuffer(document))) return documents
  throw new SourceError('the server answered without a list of documents')
}
