import type { Changes } from '../support/mongo/changes.js'
import type { Scripted } from '../support/mongo/types.js'

export const database = 'shop'

export interface MongoWriters {
  /** Says how many changes there were. */
  stop(): number
}

/** Documents as they are at first: `v` is the number of the change that wrote them. */
export function fillCollection(server: Scripted, collection: string, documents: number): void {
  server.create(database, collection)
  for (let _id = 0; _id < documents; _id++) server.insert(database, collection, documentOf(_id, 0))
}

/** Changes these collections without pause, one change after the other, until it is stopped. */
export function startMongoWriters(server: Scripted, changes: Changes, collections: readonly string[]): MongoWriters {
  let v = 0
  const timer = setInterval(() => change({ server, changes, collection: any(collections) ?? '', v: ++v }), 4)
  return {
    stop() {
      clearInterval(timer)
      return v
    },
  }
}

interface Turn {
  readonly server: Scripted
  readonly changes: Changes
  readonly collection: string
  readonly v: number
}

function change({ server, changes, collection, v }: Turn): void {
  const document = documentOf(Math.floor(Math.random() * 400), v)
  const dice = Math.random()
  if (dice < 0.4) server.replace(database, collection, document)
  else if (dice < 0.7) changes.update(database, collection, document)
  else if (dice < 0.95) server.remove(database, collection, document._id)
  else if (dice < 0.9985) changes.advance()
  else {
    server.drop(database, collection)
    server.insert(database, collection, document)
  }
}

function documentOf(_id: number, v: number) {
  return { _id, v, text: 'x'.repeat(_id % 50) }
}

function any<T>(values: readonly T[]): T | undefined {
  return values[Math.floor(Math.random() * values.length)]
}
