import { problemText } from '../../singer/errors.js'
import type { ReplicationKey } from '../replication-key.js'
import { type Source, titleOf } from '../source.js'

/**
 * What an index gives without sorting: `pair`, the order of key and `_id`; `key`, that of the key alone; `none`; or
 * `unknown`, where indexes cannot be listed.
 */
export type KeyIndex = 'pair' | 'key' | 'none' | 'unknown'

/** Says which index to create where there is none. */
export async function keyIndex(source: Source, { path }: ReplicationKey): Promise<KeyIndex> {
  if (path === '_id') return 'pair'
  const { stream, collection, context } = source
  const indexes = await listIndexes(source)
  if (!indexes) return 'unknown'
  const orders = indexes.filter(isWhole).map(({ key }) => leadingFields(key))
  if (orders.some((fields) => fields[0] === path && fields[1] === '_id')) return 'pair'
  if (orders.some((fields) => fields[0] === path)) return 'key'
  const create = `db.getCollection(${JSON.stringify(collection.name)}).createIndex({${JSON.stringify(path)}: 1, _id: 1})`
  const fields = { stream: stream.id, collection: `${collection.database}.${collection.name}`, create }
  context.log.warning(
    'no index begins with the replication key: the server looks at all documents for each page',
    fields,
  )
  return 'none'
}

interface Index {
  readonly key: Readonly<Record<string, unknown>>
  readonly sparse?: boolean
  readonly hidden?: boolean
  readonly partialFilterExpression?: unknown
}

async function listIndexes({ deployment, collection, stream, context }: Source): Promise<Index[] | undefined> {
  try {
    return await deployment.client.db(collection.database).collection(collection.name).listIndexes().toArray()
  } catch (problem) {
    const reason = `the indexes of ${titleOf(collection)} cannot be listed: ${problemText(problem)}`
    context.log.debug(reason, { stream: stream.id })
    return undefined
  }
}

/** Others leave documents out, or are not used. */
function isWhole({ sparse, hidden, partialFilterExpression }: Index): boolean {
  return sparse !== true && hidden !== true && partialFilterExpression === undefined
}

/** The first two, where both go the same way: up or down, not hashed or text. */
function leadingFields(key: Index['key']): readonly string[] {
  const [first, second] = Object.entries(key).map(([name, direction]) => ({ name, sign: Math.sign(Number(direction)) }))
  if (!first?.sign) return []
  return second?.sign === first.sign ? [first.name, second.name] : [first.name]
}
