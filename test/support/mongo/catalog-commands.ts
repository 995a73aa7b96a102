import type { Document } from 'bson'
import { cursorBatchSize, listed } from './batches.js'
import { toBson } from './elements.js'
import { part, read } from './find.js'
import { matcher } from './match.js'
import { Refusal } from './refusal.js'
import type { State } from './state.js'
import type { Collection } from './store.js'
import type { Command, Handler } from './types.js'

/** The commands that say which databases, collections and indexes there are. */
export function catalogHandlers(state: State): Record<string, Handler> {
  return {
    listDatabases: (command) => listDatabases(state, command),
    listCollections: (command) => listCollections(state, command),
    listIndexes: allowed(state, (command) => listIndexes(state, command)),
    collStats: allowed(state, (command) => collStats(state, command)),
  }
}

/** A command on a collection, which the user may be forbidden. */
export function allowed(state: State, handler: Handler): Handler {
  return (command, next) => {
    refuseForbidden(state, command, `${command.database}.${String(command.body[command.name])}`)
    return handler(command, next)
  }
}

function refuseForbidden({ forbidden }: State, { database, name }: Command, what: string): void {
  if (!forbidden.has(what)) return
  throw new Refusal(13, 'Unauthorized', `not authorized on ${database} to execute command { ${name}: … }`)
}

function listDatabases(state: State, command: Command): Document {
  refuseForbidden(state, command, 'listDatabases')
  const names = [...new Set([...state.store.databases(), 'admin', 'config', 'local'])]
  const isNameOnly = command.body.nameOnly === true
  const documents = names.map((name) => (isNameOnly ? { name } : { name, sizeOnDisk: 8192, empty: false }))
  const matches = matcher(part(command.raw, 'filter'))
  const databases = documents.filter((document) => matches(toBson(document)))
  return isNameOnly ? { databases, ok: 1 } : { databases, totalSize: 8192 * databases.length, ok: 1 }
}

// Those of a user that may only do some things with them are listed, too: that is what the server does.
function listCollections(state: State, command: Command): Buffer {
  const { database, body, raw } = command
  refuseForbidden(state, command, database)
  const isNameOnly = body.nameOnly === true
  const found = [...withOwn(state.store.collections(database))].map(([name, { options }]) => {
    const type = options.timeseries ? 'timeseries' : options.viewOn ? 'view' : 'collection'
    return toBson(isNameOnly ? { name, type } : { name, type, options, info: { readOnly: type === 'view' } })
  })
  const documents = found.filter(matcher(part(raw, 'filter')))
  return listed(state, documents, {
    namespace: `${database}.$cmd.listCollections`,
    batchSize: cursorBatchSize(command),
  })
}

/** The collections in which the server keeps views and buckets. */
function withOwn(
  collections: ReadonlyMap<string, Pick<Collection, 'options'>>,
): ReadonlyMap<string, Pick<Collection, 'options'>> {
  const all = new Map(collections)
  for (const [name, { options }] of collections) {
    if (options.viewOn && !all.has('system.views')) all.set('system.views', { options: {} })
    if (options.timeseries) all.set(`system.buckets.${name}`, { options: {} })
  }
  return all
}

function listIndexes(state: State, command: Command): Buffer {
  const name = String(command.body.listIndexes)
  const namespace = `${command.database}.${name}`
  const collection = state.store.collection(command.database, name)
  if (!collection) throw new Refusal(26, 'NamespaceNotFound', `ns does not exist: ${namespace}`)
  if (collection.options.viewOn) {
    throw new Refusal(166, 'CommandNotSupportedOnView', `Namespace ${namespace} is a view, not a collection`)
  }
  return listed(state, collection.indexes.map(toBson), { namespace, batchSize: cursorBatchSize(command) })
}

function collStats(state: State, { body, database }: Command): Document {
  const documents = read(state, database, String(body.collStats), toBson({}))
  const size = documents.reduce((sum, { length }) => sum + length, 0)
  const avgObjSize = documents.length === 0 ? 0 : Math.floor(size / documents.length)
  return {
    ns: `${database}.${String(body.collStats)}`,
    size,
    count: documents.length,
    avgObjSize,
    storageSize: size,
    ok: 1,
  }
}
