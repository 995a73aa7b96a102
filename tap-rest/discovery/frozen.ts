import type { Json, JsonObject, Stream } from '../../singer/index.js'
import { asObject } from '../../singer/json.js'
import { thawedPaginate } from '../paging/detected-settings.js'
import type { Plan, StreamPlan } from '../settings/plan.js'

/** The key of the root's metadata under which the guesses of discovery stand, for the stream and the parents above it. */
export const frozenKey = 'tap-rest-frozen'

/** The plan with the guesses of the catalog in place of `auto`. What the settings say themselves stands. */
export function thawed(plan: Plan, streams: readonly Stream[]): Plan {
  const frozen: JsonObject = Object.assign({}, ...streams.map(({ metadata }) => asObject(metadata[frozenKey])))
  const entries = [...plan.streams].map(([name, each]) => {
    return [name, withGuesses(each, Object.hasOwn(frozen, name) ? asObject(frozen[name]) : {})] as const
  })
  return { ...plan, streams: new Map(entries) }
}

function withGuesses(plan: StreamPlan, { records, format, paginate }: JsonObject): StreamPlan {
  const isPathOpen = plan.records.path === 'auto' && typeof records === 'string'
  return {
    ...plan,
    ...(isPathOpen && { records: { ...plan.records, path: records } }),
    ...(plan.format === 'auto' && isFormat(format) && { format }),
    ...(plan.paginate.kind === 'auto' &&
      paginate !== undefined && { paginate: thawedPaginate(plan.paginate, paginate) }),
  }
}

function isFormat(format: Json | undefined): format is 'json' | 'ndjson' | 'csv' {
  return format === 'json' || format === 'ndjson' || format === 'csv'
}
