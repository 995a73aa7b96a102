import type { MongoClient } from 'mongodb'
import { onceOnly } from '../once.js'

/** A running MongoDB, or what speaks like one, that tests may fill. */
export interface MongoServer {
  readonly uri: string
  readonly client: MongoClient
  /** A MongoDB of TEST_MONGODB_URI: what only a real one can do is tested, too. */
  readonly isReal: boolean
  /** A name that no database has yet; dropped at the end. */
  newDatabase(): string
}

/** mongo-java-server, started once per process; TEST_MONGODB_URI names a real server instead. */
export const mongoServer = onceOnly(async (): Promise<MongoServer> => {
  throw new Error('contract')
})
