/** A dot in an id would keep Meltano's metadata rules from matching. */
export function streamId(name: string): string {
  return name.replaceAll('.', '_')
}
