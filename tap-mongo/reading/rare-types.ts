import type { Filter } from '../keyset.js'

/**
 * Types for `$type` that some clones have never heard of, and so cannot hold, but refuse to search for: undefined,
 * DBPointer, code.
 */
export class RareTypes extends Array<number> {}

/** The filter as such a server takes it: of these types it has no values. */
export function withoutTypes<T>(filter: T, unknown: ReadonlySet<number>): T
export function withoutTypes(filter: unknown, unknown: ReadonlySet<number>): unknown {
  if (unknown.size === 0) return filter
  if (Array.isArray(filter)) return filter.map((item) => withoutTypes(item, unknown))
  if (!isFilter(filter)) return filter
  if (!(filter.$type instanceof RareTypes)) {
    return Object.fromEntries(Object.entries(filter).map(([key, value]) => [key, withoutTypes(value, unknown)]))
  }
  const known = [...filter.$type].filter((type) => !unknown.has(type))
  return known.length > 0 ? { $type: known } : { $in: [] }
}

/** All that it searches for. */
export function rareTypesIn(filter: unknown): number[] {
  if (filter instanceof RareTypes) return [...filter]
  if (Array.isArray(filter)) return filter.flatMap(rareTypesIn)
  return isFilter(filter) ? Object.values(filter).flatMap(rareTypesIn) : []
}

/** Not a value that is compared with: Maps, ObjectIds and so on. */
function isFilter(value: unknown): value is Filter {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
