import { canSelect, SourceError } from '../singer/index.js'
import { wildcard } from '../singer/select-pattern.js'
import type { Deployment } from './connection.js'
import { codeOf } from './failures/failure.js'
import { sourceFailure } from './failures.js'
import type { Collection, Common } from './source.js'

/**
 * The collections and views that the user may see and the settings want, by database and name. `patterns`: streams that
 * none of them can match are left out.
 */
export async function listedCollections(common: Common, patterns?: readonly string[]): Promise<Collection[]> {
  const { deployment, config, context } = common
  const isWantedDatabase = matcher(config.databases)
  const isWantedCollection = matcher(config.collections)
  const found: Collection[] = []
  for (const database of await databaseNames(deployment)) {
    if (!isWantedDatabase([database])) continue
    context.signal.throwIfAborted()
    found.push(...(await collectionsOf(deployment, database)))
  }
  return found
    .filter(({ database, name }) => isWantedCollection([name, `${database}.${name}`]))
    .filter(({ database, name }) => !patterns || canSelect(patterns, streamId(database, name)))
    .sort((one, other) => order(one.database, other.database) || order(one.name, other.name))
}

/** Of one database, without those of the server itself. */
export async function collectionsOf({ client }: Deployment, database: string): Promise<Collection[]> {
  try {
    const listed = client.db(database).listCollections({}, { nameOnly: true, authorizedCollections: true })
    const all = await listed.toArray()
    return all.flatMap(({ name, type }) =>
      name.startsWith('system.') ? [] : [{ database, name, isView: type === 'view' || type === 'timeseries' }],
    )
  } catch (cause) {
    throw sourceFailure(`list the collections of database ${database}`, cause)
  }
}

/** Users of one database may not list them all: https://www.mongodb.com/docs/manual/reference/command/listDatabases/ */
async function databaseNames({ client, defaultDatabase }: Deployment): Promise<string[]> {
  try {
    const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true, authorizedDatabases: true })
    return databases.map(({ name }) => name).filter((name) => name !== 'local' && name !== 'config')
  } catch (cause) {
    if (codeOf(cause) === undefined || defaultDatabase === undefined) {
      const failure = sourceFailure('list the databases', cause)
      throw new SourceError(`${failure.message}; or name one: mongodb://host/DATABASE`, { cause })
    }
    return [defaultDatabase]
  }
}

/** Globs; those with `!` leave out; without any other all are meant. `names` of one thing. */
function matcher(patterns: readonly string[] = []): (names: readonly string[]) => boolean {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(wildcard)
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => wildcard(pattern.slice(1)))
  const isAny = (globs: readonly RegExp[], names: readonly string[]) =>
    globs.some((glob) => names.some((name) => glob.test(name)))
  return (names) => !isAny(unwanted, names) && (wanted.length === 0 || isAny(wanted, names))
}

function order(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** `db-coll`. A dot in an id would keep Meltano's metadata rules from matching. */
export function streamId(database: string, collection: string): string {
  return `${database}-${collection}`.replaceAll('.', '_')
}
