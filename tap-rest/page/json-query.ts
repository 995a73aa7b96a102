import type { query } from 'jsonpath-rfc9535'
import { valueAt } from '../settings/path.js'
import type { Found } from './json-page.js'
import { isTreeObject, type Places, type Tree, treeOf } from './json-tree.js'
import type { RecordScanner } from './record-scan.js'
import type { RecordsPath } from './records-path.js'
import type { Cut } from './span-page.js'

export type Query = typeof query

/**
 * What a JSONPath query selects, in the order of the document: objects are records, the items of arrays too. `begin`:
 * where the JSON text begins, which must be known to be valid.
 */
export function findByQuery(
  scanner: RecordScanner,
  path: RecordsPath & { kind: 'query' },
  { begin, query }: { readonly begin: number; readonly query: Query },
): Found {
  const { root, places } = treeOf(scanner.bytes, begin)
  if ((valueAt(root, path.names) ?? null) === null) return { kind: 'missing' }
  const nodes = [...new Set(query(root, path.query).flat())]
  const foreign = nodes.findIndex((node) => !isTreeObject(node))
  if (foreign >= 0) return { kind: 'item', index: foreign }
  return { kind: 'records', cuts: scanAll(scanner, nodes, places) }
}

function scanAll(scanner: RecordScanner, nodes: readonly Tree[], places: Places): Cut[] {
  const found = nodes.map((node) => places.get(node)).filter((place) => place !== undefined)
  const cuts: Cut[] = []
  let end = 0
  for (const place of found.sort((a, b) => a.start - b.start)) {
    scanner.record(place.start, 0)
    // A record inside of another one is gone from the envelope with it.
    if (place.start >= end) cuts.push({ ...place, replacement: '{}' })
    end = Math.max(end, place.end)
  }
  return cuts
}
