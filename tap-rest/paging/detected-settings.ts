import { asObject, ConfigError, type Json, type JsonObject } from '../../singer/index.js'
import { pathText } from '../settings/path.js'
import type { CursorPlace, Paginate, PaginateKind, Path } from '../settings/plan.js'
import { pagingPlan } from '../settings/plan-paging.js'
import { Problems } from '../settings/problems.js'

/** What can be recognized in an answer. */
export type FoundKind =
  | Extract<PaginateKind, { kind: 'link' | 'next' | 'page' }>
  | (Extract<PaginateKind, { kind: 'cursor' }> & { readonly from: { body: Path } | { header: string } })

/** As the settings would say it: to be frozen in the catalog. */
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

/**
 * `auto` with what the catalog has frozen of it; the rules beside it, such as `max_pages`, are still those of the settings.
 * @throws ConfigError when the catalog has something else there.
 */
export function thawedPaginate(auto: Paginate, frozen: Json): Paginate {
  const problems = new Problems()
  const place = 'tap-rest.paginate of the catalog'
  const settings = asObject(frozen)
  const foreign = Object.keys(settings).find((key) => typeof settings[key] !== (key === 'start' ? 'number' : 'string'))
  if (foreign) throw new ConfigError(`${place}: ${foreign} is not what discovery writes; discover again`)
  const plan = pagingPlan({ problems }, place, { paginate: settings })
  problems.throwIfAny()
  const { kind: _, ...rules } = auto
  return { ...plan, ...rules }
}

function placeSettings(place: CursorPlace): JsonObject {
  if ('body' in place) return { body: pathText(place.body) }
  return 'param' in place ? { param: place.param } : {}
}
