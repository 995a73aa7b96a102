import type { Timestamp } from 'mongodb'
import { retry } from '../../singer/index.js'
import { ConnectionLostError, sourceFailure } from '../failures.js'
import type { Filter } from '../keyset.js'
import { type Source, titleOf } from '../source.js'
import { asBuffers, find } from './find.js'

/** One `find`. The source's projection is added to it. */
export interface Query {
  readonly filter: Filter
  readonly sort: Readonly<Record<string, 1 | -1>>
  readonly limit?: number
  readonly skip?: number
  /** In place of the source's. */
  readonly projection?: Readonly<Record<string, unknown>>
  /** The answer is not older than this: a lagging secondary waits. */
  readonly notBefore?: Timestamp | undefined
}

/**
 * Documents page by page, the next one fetched while this one is used: `next` says what is behind the last document of a
 * page (undefined: the start), and is asked as soon as a page is there. Each page is one `find` whose cursor the server
 * closes at once: however slow the reader, nothing is held open. A page has at most `batch_size` documents and about
 * `checkpoint_bytes`; the end is an empty page. What a new attempt can mend (lost connections, elections) is tried again,
 * as often as the pace says. Documents are BSON, valid until the next page but one is asked for. Ends early, without a
 * word, when the run is aborted.
 */
export async function* pages(
  source: Source,
  next: (last: Buffer | undefined) => Query,
): AsyncGenerator<readonly Buffer[]> {
  const { context, config } = source
  const ended = new AbortController()
  const signal = AbortSignal.any([context.signal, ended.signal])
  const ahead = (last: Buffer | undefined, limit: number) =>
    heardLater(async () => fetched(source, next(last), limit, signal))
  try {
    let coming = ahead(undefined, Math.min(config.batch_size, firstLimit))
    for (;;) {
      const page = await coming
      const last = page.at(-1)
      if (!last || context.signal.aborted) return
      coming = ahead(last, limitAfter(page, source))
      yield page
    }
  } catch (problem) {
    if (!context.signal.aborted) throw problem
  } finally {
    ended.abort()
  }
}

/** One cursor for all, for what has no order to go on in: views, time series. A lost connection fails. */
export async function* cursorPages(source: Source, query: Query): AsyncGenerator<readonly Buffer[]> {
  const { deployment, collection, config, context } = source
  const { filter, sort, projection = source.projection } = query
  const options = { raw: true, sort: { ...sort }, batchSize: config.batch_size, ...(projection && { projection }) }
  const cursor = deployment.client.db(collection.database).collection(collection.name).find(filter, options)
  const hasMore = async () => {
    try {
      return await cursor.hasNext()
    } catch (cause) {
      if (context.signal.aborted) return false
      throw sourceFailure(`read ${titleOf(collection)}`, cause)
    }
  }
  try {
    while (await hasMore()) yield asBuffers(cursor.readBufferedDocuments())
  } finally {
    await cursor.close()
  }
}

/** The first document of this query. */
export async function firstDocument(source: Source, query: Query): Promise<Buffer | undefined> {
  const [document] = await fetched(source, query, 1, source.context.signal)
  return document && Buffer.from(document)
}

/** Before it is known how large documents are. */
const firstLimit = 1000

/** As many as fit, if they are like those of the last page. */
function limitAfter(page: readonly Buffer[], { config }: Source): number {
  const bytes = page.reduce((sum, document) => sum + document.length, 0)
  return Math.max(1, Math.min(config.batch_size, Math.floor((config.checkpoint_bytes * page.length) / bytes)))
}

/** Begun now; when it fails, whoever awaits it hears of it, and nobody when nobody does. */
function heardLater<T>(work: () => Promise<T>): Promise<T> {
  const result = work()
  result.catch(() => undefined)
  return result
}

function fetched(source: Source, query: Query, limit: number, signal: AbortSignal): Promise<readonly Buffer[]> {
  const { pace, context, stream } = source
  return retry(() => find(source, query, Math.min(limit, query.limit ?? limit)), {
    signal,
    attempts: pace.attempts,
    firstMs: pace.firstWaitMs,
    isRetryable: (problem, attempt) => {
      if (!(problem instanceof ConnectionLostError)) return false
      context.log.warning(`${problem.message}; trying again`, { stream: stream.id, attempt })
      return true
    },
  })
}
