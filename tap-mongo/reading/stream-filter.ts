import { ConfigError } from '../../singer/index.js'
import type { Filter } from '../keyset.js'
import { fromExtendedJson } from '../settings/extended-json.js'
import type { Source } from '../source.js'

/** What the setting `filter` of this stream says, Extended JSON, as the driver takes it. `{}`: all documents. */
export function streamFilter({ stream, own }: Pick<Source, 'stream' | 'own'>): Filter {
  if (own.filter === undefined) return {}
  try {
    return fromExtendedJson(own.filter)
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause
    throw new ConfigError(`stream ${stream.id}: its filter ${cause.message}`, { cause })
  }
}

/** Documents that match each of them. */
export function allOf(...filters: readonly (Filter | undefined)[]): Filter {
  const parts = filters.filter((filter) => filter !== undefined && Object.keys(filter).length > 0)
  return parts.length > 1 ? { $and: parts } : (parts[0] ?? {})
}
