import type { Catalog } from '../singer/index.js'
import type { Common } from './source.js'

/** `patterns`: a hint; streams that none of them can match may be left out. */
export async function discoverCatalog(_common: Common, _patterns?: readonly string[]): Promise<Catalog> {
  throw new Error('contract')
}

/** `db-coll`. A dot in an id would keep Meltano's metadata rules from matching. */
export function streamId(database: string, collection: string): string {
  return `${database}-${collection}`.replaceAll('.', '_')
}
