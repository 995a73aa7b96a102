import type { RawValue } from '../../../tap-mongo/bson/raw-value.js'
import { compareBson } from './compare.js'
import { elements } from './elements.js'
import { sortValues } from './paths.js'
import { numericValue } from './projection.js'

/** In the order of `sort`; equal ones as they came. */
export function sorted(documents: readonly Buffer[], sort: Buffer): Buffer[] {
  const keys = elements(sort).map((key) => ({ path: key.name, direction: numericValue(key) < 0 ? -1 : 1 }))
  const rows = documents.map((document) => ({
    document,
    values: keys.map(({ path, direction }) => extreme(sortValues(document, path), direction)),
  }))
  rows.sort((a, b) => {
    for (const [index, { direction }] of keys.entries()) {
      const [left, right] = [a.values[index], b.values[index]]
      const difference = left && right ? compareBson(left, right) * direction : 0
      if (difference !== 0) return difference
    }
    return 0
  })
  return rows.map(({ document }) => document)
}

// The least of an array's elements when ascending, the greatest when descending.
function extreme(values: readonly RawValue[], direction: number): RawValue | undefined {
  return values.reduce<RawValue | undefined>(
    (best, value) => (best === undefined || compareBson(value, best) * direction < 0 ? value : best),
    undefined,
  )
}
