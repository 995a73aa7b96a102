import { type Document, ObjectId } from 'bson'
import type { RawValue } from '../../../tap-mongo/bson/raw-value.js'
import { compareBson } from './compare.js'
import { documentOf, elements, field, rawValue, toBson } from './elements.js'
import type { Clock } from './state.js'
import type { Input, Write } from './types.js'

export interface Collection {
  /** As in the command `create`. */
  readonly options: Document
  readonly indexes: Document[]
  documents: Buffer[]
  /** Orders that were asked for, until the next write. */
  readonly sorted: Map<string, readonly Buffer[]>
}

/** The databases and collections of a server, in memory. */
export interface Store {
  databases(): string[]
  /** Name → collection. */
  collections(database: string): ReadonlyMap<string, Collection>
  collection(database: string, name: string): Collection | undefined
  create(database: string, name: string, options?: Document): Collection
  insert(database: string, name: string, document: Input): void
  replace(database: string, name: string, document: Input): void
  remove(database: string, name: string, id: RawValue): boolean
  drop(database: string, name: string): boolean
  onWrite(listener: (write: Write) => void): void
}

export function memoryStore(clock: Clock): Store {
  const databases = new Map<string, Map<string, Collection>>()
  const listeners: ((write: Write) => void)[] = []
  const tell = (write: Omit<Write, 'time'>) => {
    const time = clock.tick()
    for (const listener of listeners) listener({ ...write, time })
  }
  const store: Store = {
    databases: () => [...databases.keys()],
    collections: (database) => databases.get(database) ?? new Map(),
    collection: (database, name) => databases.get(database)?.get(name),
    create(database, name, options = {}) {
      const collections = databases.get(database) ?? new Map<string, Collection>()
      databases.set(database, collections)
      const collection = collections.get(name) ?? newCollection(options)
      collections.set(name, collection)
      return collection
    },
    insert(database, collection, input) {
      const document = withId(toBson(input))
      store.create(database, collection).documents.push(document)
      forgetOrders(store.create(database, collection))
      tell({ operation: 'insert', database, collection, document })
    },
    replace(database, collection, input) {
      const document = toBson(input)
      const { documents, at } = find(store.create(database, collection), idOf(document))
      const before = documents[at]
      if (before === undefined) return store.insert(database, collection, document)
      documents[at] = document
      forgetOrders(store.create(database, collection))
      tell({ operation: 'replace', database, collection, document, before })
    },
    remove(database, collection, id) {
      const { documents, at } = find(store.create(database, collection), id)
      const [document] = at < 0 ? [] : documents.splice(at, 1)
      if (document === undefined) return false
      forgetOrders(store.create(database, collection))
      tell({ operation: 'delete', database, collection, document })
      return true
    },
    drop(database, collection) {
      if (!databases.get(database)?.delete(collection)) return false
      if (databases.get(database)?.size === 0) databases.delete(database)
      tell({ operation: 'drop', database, collection, document: Buffer.alloc(0) })
      return true
    },
    onWrite(listener) {
      listeners.push(listener)
    },
  }
  return store
}

function newCollection(options: Document): Collection {
  const indexes = options.viewOn ? [] : [{ v: 2, key: { _id: 1 }, name: '_id_' }]
  return { options, indexes, documents: [], sorted: new Map() }
}

function forgetOrders({ sorted }: Collection): void {
  sorted.clear()
}

function withId(document: Buffer): Buffer {
  if (field(document, '_id')) return document
  return documentOf([{ name: '_id', ...rawValue(new ObjectId()) }, ...elements(document)])
}

function idOf(document: Buffer): RawValue {
  const id = field(document, '_id')
  if (!id) throw new Error('the document has no _id')
  return id
}

function find({ documents }: Collection, id: RawValue): { documents: Buffer[]; at: number } {
  return { documents, at: documents.findIndex((document) => compareBson(idOf(document), id) === 0) }
}
