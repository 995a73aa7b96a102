import type { JsonObject } from '../singer/index.js'
import { pathText } from './path.js'
import type { CursorPlace, PaginateKind, Path } from './plan.js'

/** What can be recognized in an answer. */
export type FoundKind =
  | Extract<PaginateKind, { kind: 'link' | 'next' | 'page' }>
  | (Extract<PaginateKind, { kind: 'cursor' }> & { readonly from: { body: Path } | { header: string } })

/** As the settings would say it. */
export function settingsOf(found: FoundKind): JsonObject {
  switch (found.kind) {
    case 'link':
      return { kind: 'link', rel: found.rel }
    case 'next':
      return { kind: 'next', ...(found.path && { path: pathText(found.path) }) }
    case 'page': {
      const { start, totalPages } = found
      return {
        kind: 'page',
        ...placeSettings(found.to),
        start,
        ...(totalPages && { total_pages: pathText(totalPages) }),
      }
    }
    case 'cursor': {
      const { from } = found
      const source = 'body' in from ? { from: pathText(from.body) } : { header: from.header }
      return { kind: 'cursor', ...source, ...placeSettings(found.to) }
    }
    default:
      return found satisfies never
  }
}

function placeSettings(place: CursorPlace): JsonObject {
  if ('body' in place) return { body: pathText(place.body) }
  return 'param' in place ? { param: place.param } : {}
}
