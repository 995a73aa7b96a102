import { documentsOf, field } from './elements.js'
import { Refusal } from './refusal.js'
import type { State } from './state.js'
import type { Handler } from './types.js'

/** What the driver sends for `insertMany`, `createCollection`, `createIndexes` and `drop`. */
export function writeHandlers({ store }: State): Record<string, Handler> {
  return {
    insert({ database, body, raw }) {
      const documents = documentsOf(field(raw, 'documents'))
      for (const document of documents) store.insert(database, String(body.insert), document)
      return { n: documents.length, ok: 1 }
    },
    create({ database, body }) {
      const { create, lsid, $db, $clusterTime, ...options } = body
      if (store.collection(database, String(create))) throw new Refusal(48, 'NamespaceExists')
      store.create(database, String(create), options)
      return { ok: 1 }
    },
    createIndexes({ database, body }) {
      store.create(database, String(body.createIndexes)).indexes.push(...body.indexes)
      return { ok: 1 }
    },
    drop({ database, body }) {
      if (!store.drop(database, String(body.drop))) throw new Refusal(26, 'NamespaceNotFound', 'ns not found')
      return { ok: 1 }
    },
    dropDatabase({ database }) {
      for (const name of [...store.collections(database).keys()]) store.drop(database, name)
      return { dropped: database, ok: 1 }
    },
  }
}
