/** `db-coll`. A dot in an id would keep Meltano's metadata rules from matching. */
export function streamId(database: string, collection: string): string {
  return `${database}-${collection}`.replaceAll('.', '_')
}
