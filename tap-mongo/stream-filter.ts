import { EJSON } from 'bson'
import { ConfigError, isObject, type Json, jsonText, parseJson } from '../singer/index.js'
import type { Filter } from './keyset.js'
import type { Source } from './source.js'

/** What the setting `filter` of this stream says, Extended JSON, as the driver takes it. `{}`: all documents. */
export function streamFilter({ stream, own }: Pick<Source, 'stream' | 'own'>): Filter {
  if (own.filter === undefined) return {}
  try {
    const value: Json = typeof own.filter === 'string' ? parseJson(own.filter) : own.filter
    // Not relaxed: an integer of 64 bits stays one.
    if (isObject(value)) return EJSON.parse(jsonText(value), { relaxed: false })
  } catch (cause) {
    throw new ConfigError(`stream ${stream.id}: its filter is no Extended JSON`, { cause })
  }
  throw new ConfigError(`stream ${stream.id}: its filter is no JSON object`)
}

/** Documents that match each of them. */
export function allOf(...filters: readonly (Filter | undefined)[]): Filter {
  const parts = filters.filter((filter) => filter !== undefined && Object.keys(filter).length > 0)
  return parts.length > 1 ? { $and: parts } : (parts[0] ?? {})
}
