import { EJSON } from 'bson'
import { ConfigError, isObject, jsonText } from '../singer/index.js'
import type { Filter } from './keyset.js'
import type { Source } from './source.js'

/** What the settings want of the collection's documents; undefined: all. */
export function ownFilter({ own, stream }: Pick<Source, 'own' | 'stream'>): Filter | undefined {
  const { filter } = own
  if (filter === undefined) return undefined
  const parsed = parsedFilter(typeof filter === 'string' ? filter : jsonText(filter), stream.id)
  return isObject(parsed) ? parsed : refuse(stream.id)
}

/** Numbers become what mongosh makes of them; `{"$numberLong": "…"}` and the like say more. */
function parsedFilter(text: string, id: string): unknown {
  try {
    return EJSON.parse(text, { relaxed: false })
  } catch (cause) {
    return refuse(id, cause)
  }
}

function refuse(id: string, cause?: unknown): never {
  throw new ConfigError(`setting streams, ${id}: its filter is no JSON object of Extended JSON`, { cause })
}

/** Documents that both want. */
export function both(one: Filter | undefined, other: Filter): Filter {
  if (!one || Object.keys(one).length === 0) return other
  return Object.keys(other).length === 0 ? one : { $and: [one, other] }
}
