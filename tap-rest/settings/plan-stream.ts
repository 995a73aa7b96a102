import type { Config } from '../config.js'
import type { StreamSettings } from './config-stream.js'
import { parsePath } from './path.js'
import type { AuthPlan, ConnectionPlan, Path, StreamPlan } from './plan.js'
import { incrementalPlan } from './plan-incremental.js'
import { pagingPlan } from './plan-paging.js'
import { includePlan, partitionPlan } from './plan-partition.js'
import { flattenPlan, schemaPlan } from './plan-records.js'
import { requestPlan } from './plan-request.js'
import { errorRules, ratePlan, retryPlan } from './plan-rules.js'
import { checkReference } from './plan-scopes.js'
import type { Planning } from './planning.js'

export interface StreamContext {
  readonly name: string
  readonly settings: StreamSettings
  readonly connection: ConnectionPlan
  authOf(place: string, settings: Config['auth']): AuthPlan
}

/** One stream, from its merged settings. */
export function streamPlan(planning: Planning, { name, settings, connection, authOf }: StreamContext): StreamPlan {
  const place = `streams.${name}`
  const { problems } = planning
  if (settings.path === undefined) problems.add(`${place}.path`, 'is required')
  const { request, references } = requestPlan(planning, place, { settings, connection })
  const partition = partitionPlan(planning, place, settings)
  const incremental =
    settings.incremental &&
    incrementalPlan(planning, `${place}.incremental`, {
      settings: settings.incremental,
      references: references.map(({ reference }) => reference),
    })
  const include = includePlan(planning, `${place}.include`, settings)
  const scopes = { partition, ...(incremental && { incremental }) }
  for (const { place: at, reference } of references)
    problems.attempt(at, () => checkReference(reference, scopes, false))
  for (const { column, value } of include) {
    for (const reference of value.references) {
      problems.attempt(`${place}.include.${column}`, () => checkReference(reference, scopes, true))
    }
  }
  const rate = ratePlan(planning, `${place}.rate`, settings.rate)
  const flatten = flattenPlan(settings.flatten)
  return {
    name,
    request,
    isSafe: settings.safe ?? true,
    auth: authOf(`${place}.auth`, settings.auth),
    records: { path: settings.records ?? 'auto', isOptional: settings.records_optional ?? false },
    format: settings.format ?? 'auto',
    primaryKey: primaryKey(planning, `${place}.primary_key`, settings.primary_key),
    paginate: pagingPlan(planning, `${place}.paginate`, { ...settings, paginate: settings.paginate ?? 'auto' }),
    ...(incremental && { incremental }),
    partition,
    include,
    schema: schemaPlan(planning, `${place}.schema`, settings.schema),
    ...(flatten && { flatten }),
    rawRecord: settings.raw_record ?? false,
    retry: retryPlan(planning, `${place}.retry`, settings.retry),
    errors: errorRules(planning, `${place}.errors`, settings.errors),
    ...(rate && { rate }),
  }
}

function primaryKey({ problems }: Planning, place: string, keys: StreamSettings['primary_key'] = []): Path[] {
  const given = typeof keys === 'string' ? [keys] : keys
  return given.flatMap((key) => {
    const path = problems.attempt(place, () => parsePath(key))
    return path ? [path] : []
  })
}
