import { SourceError } from '../../singer/index.js'
import { codeOf } from '../failures/failure.js'
import { ConnectionLostError, sourceFailure } from '../failures.js'
import { type Collection, type Common, titleOf } from '../source.js'

/** More bytes are not held: of large documents fewer are looked at. */
const mostBytes = 16 * 1024 * 1024
/** From each end of the collection, beside those at random: fields that came and fields that went. */
const fromEachEnd = 100
const unauthorized = 13

/**
 * About `size` documents (BSON): at random, the first and the last ones. Nothing of a document is looked at by the server,
 * whose field names may be hard on its language.
 */
export async function sampledDocuments(common: Common, collection: Collection, size: number): Promise<Buffer[]> {
  if (size === 0) return []
  const few = Math.min(size, fromEachEnd)
  const ends = collection.isView
    ? [await found(common, collection, few)]
    : [await found(common, collection, few, 1), await found(common, collection, few, -1)]
  if (ends.every((documents) => documents.length < few)) return ends[0] ?? []
  return [...ends.flat(), ...((await atRandom(common, collection, size)) ?? (await found(common, collection, size)))]
}

/** Undefined: the server has no $sample, or cannot do it. */
async function atRandom(common: Common, collection: Collection, size: number): Promise<Buffer[] | undefined> {
  const { client } = common.deployment
  const stages = [{ $sample: { size } }]
  const options = { raw: true, batchSize: 100 } as const
  try {
    return await upToBytes(client.db(collection.database).collection(collection.name).aggregate(stages, options))
  } catch (cause) {
    const failure = refused(collection, cause)
    if (codeOf(cause) === unauthorized || failure instanceof ConnectionLostError) throw failure
    common.context.log.debug('no documents at random from this server', { reason: failure.message })
    return undefined
  }
}

async function found(common: Common, collection: Collection, limit: number, direction?: 1 | -1): Promise<Buffer[]> {
  const { client } = common.deployment
  const sort = direction === undefined ? {} : { sort: { _id: direction } as const }
  try {
    const cursor = client
      .db(collection.database)
      .collection(collection.name)
      .find({}, { raw: true, limit, batchSize: 100, ...sort })
    return await upToBytes(cursor)
  } catch (cause) {
    throw refused(collection, cause)
  }
}

function refused(collection: Collection, cause: unknown): SourceError {
  return sourceFailure(`look at ${titleOf(collection)}`, cause)
}

interface RawCursor {
  hasNext(): Promise<boolean>
  readBufferedDocuments(): unknown[]
  close(): Promise<void>
}

async function upToBytes(cursor: RawCursor): Promise<Buffer[]> {
  const documents: Buffer[] = []
  let bytes = 0
  try {
    while (bytes < mostBytes && (await cursor.hasNext())) {
      for (const document of cursor.readBufferedDocuments()) {
        if (!Buffer.isBuffer(document)) throw new SourceError('the driver gave a document that is no BSON')
        bytes += document.length
        documents.push(document)
      }
    }
  } finally {
    await cursor.close()
  }
  return documents
}
