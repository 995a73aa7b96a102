import type { Start } from './change-stream.js'

/** Collections that are watched from the same start. */
export interface Group {
  readonly start: Start
  readonly collections: readonly string[]
}

export function groupsOf(starts: ReadonlyMap<string, Start>): Group[] {
  const groups = new Map<string, Group>()
  for (const [collection, start] of starts) {
    const key = keyOf(start)
    groups.set(key, { start, collections: [...(groups.get(key)?.collections ?? []), collection] })
  }
  return [...groups.values()]
}

function keyOf(start: Start): string {
  switch (start.kind) {
    case 'token':
      return start.token.toString('base64')
    case 'time':
      return start.time.toString()
    case 'now':
      return start.kind
    default:
      return start satisfies never
  }
}
