import { asObject, type Context, type JsonObject, SourceError, type Stream } from '../singer/index.js'
import { collectionsOf, streamId } from './collections.js'
import type { Config, StreamConfig } from './config.js'
import type { Deployment } from './connection.js'
import { codeOf } from './failures/failure.js'
import type { Pace } from './pace.js'
import { projectionOf } from './reading/projection.js'

/** A selected stream and the collection behind it. */
export interface Source extends Common {
  readonly stream: Stream
  readonly collection: Collection
  /** Of this stream, over those of all: lookback, start_date, end_date and so on are final here. */
  readonly own: StreamConfig
  /** Of `find`: what the user left out is not sent, `_id` and the replication key always are; undefined: whole documents. */
  readonly projection: Readonly<Record<string, unknown>> | undefined
}

export interface Common {
  readonly deployment: Deployment
  readonly config: Config
  readonly context: Context
  readonly pace: Pace
}

export interface Collection {
  readonly database: string
  readonly name: string
  /** A view or a time series: no index on `_id` to read by, no change stream. */
  readonly isView: boolean
}

/** For messages. */
export function titleOf({ database, name }: Pick<Collection, 'database' | 'name'>): string {
  return `collection ${database}.${name}`
}

/** What the settings say of a stream. */
export function ownSettings(config: Config, id: string): StreamConfig {
  const own = Object.hasOwn(config.streams, id) ? config.streams[id] : {}
  const { lookback, start_date, end_date } = config
  return {
    lookback,
    ...(start_date !== undefined && { start_date }),
    ...(end_date !== undefined && { end_date }),
    ...own,
  }
}

/** Finds the collection of each stream. The function fails for a stream that cannot be read, so that the others go on. */
export function sourcesOf(common: Common): (stream: Stream) => Promise<Source> {
  const listed = new Map<string, Promise<readonly Collection[] | undefined>>()
  const collectionsIn = (database: string) => {
    const known = listed.get(database) ?? collectionsOrUnknown(common.deployment, database)
    listed.set(database, known)
    return known
  }
  return async (stream) => {
    const collection = await collectionOf(stream, common, collectionsIn)
    const own = ownSettings(common.config, stream.id)
    return { ...common, stream, collection, own, projection: projectionOf(stream, own) }
  }
}

/** Undefined: the user may not list them, but perhaps read them. */
async function collectionsOrUnknown(deployment: Deployment, database: string) {
  try {
    return await collectionsOf(deployment, database)
  } catch (problem) {
    const code = problem instanceof SourceError ? codeOf(problem.cause) : undefined
    if (code === undefined) throw problem
    return undefined
  }
}

/** What the catalog says; catalogs written by hand may have no more than the stream's id. */
async function collectionOf(
  { id, metadata, tableName, isView }: Stream,
  { deployment }: Common,
  collectionsIn: (database: string) => Promise<readonly Collection[] | undefined>,
): Promise<Collection> {
  const database = databaseOf(metadata) ?? deployment.defaultDatabase
  if (database === undefined) {
    throw new SourceError(
      `read stream ${id}: its catalog entry names no database; set database-name in the metadata of its root`,
    )
  }
  const listed = await collectionsIn(database)
  const found = listed?.find(({ name }) =>
    tableName === undefined ? streamId(database, name) === id : name === tableName,
  )
  if (found) return found
  if (!listed && tableName !== undefined) return { database, name: tableName, isView }
  const title = titleOf({ database, name: tableName ?? `of stream ${id}` })
  throw new SourceError(
    `read ${title}: it does not exist, or the user may not see it; grant the user the role read on its database, or deselect it`,
  )
}

function databaseOf(metadata: JsonObject): string | undefined {
  const named = asObject(metadata)['database-name']
  return typeof named === 'string' && named !== '' ? named : undefined
}
