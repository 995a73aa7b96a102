import { type Json, jsonText } from '../../singer/index.js'
import type { Turn } from '../paging/paginator.js'
import type { StreamPlan } from '../settings/plan.js'
import type { Scopes } from '../settings/template.js'
import { isWholePageOlder } from './cursor.js'
import { sentBound } from './replication-key.js'
import { fieldIndex, type Sequence, type Source } from './source.js'
import { formatInstant } from './times.js'
import type { Unit } from './units.js'
import { windowScope } from './windows.js'

/** Newest first, they end with the first page of which nothing is new. */
export async function* unitPages(source: Source, unit: Unit, unwanted: AbortSignal): AsyncGenerator<Turn> {
  const { key } = source
  const { rules, lower } = unit.reading
  const field = key?.incremental.mode === 'feed' ? fieldIndex(source, key.incremental.key) : undefined
  for await (const turn of source.pages(sequenceOf(source, unit), unwanted)) {
    yield turn
    if (field !== undefined && lower && isWholePageOlder(turn.page, { field, rules, lower })) return
  }
}

/** What is asked for, and what its placeholders mean. */
export function sequenceOf({ key, startedAt }: Source, { partition, window, reading }: Unit): Sequence {
  const { rules, lower } = reading
  const scopes = { ...partition.scopes, now: formatInstant(startedAt, 'iso_z') }
  if (!key) return { scopes, from: undefined, to: undefined }
  const state = sentBound(key, rules, lower)
  const bounds = window && windowScope(window, key.incremental, rules)
  return {
    scopes: { ...scopes, ...(state !== undefined && { state }), ...(bounds && { window: bounds }) },
    from: bounds?.start ?? state,
    to: bounds?.end ?? formatInstant(startedAt, rules.format),
  }
}

/** Values of the `include` columns for the records of a page. */
export function includedValues(plan: StreamPlan, scopes: Scopes, { request, page }: Turn): Json[] {
  const asked = new Set(plan.include.flatMap(({ value }) => value.references.map(({ scope }) => scope)))
  const known: Scopes = {
    ...scopes,
    ...(asked.has('params') && { params: paramsOf(plan, scopes, request.url) }),
    ...(asked.has('body') && { body: page.envelope }),
  }
  return plan.include.map(({ value }) => value.render(known) ?? null)
}

/** What was sent; a value of the settings keeps its type. */
function paramsOf({ request }: StreamPlan, scopes: Scopes, url: URL): Json {
  const sent = [...url.searchParams].map(([name, text]): [string, Json] => {
    const value = request.params[name]?.render(scopes)
    return [name, value !== undefined && value !== null && jsonPlain(value) === text ? value : text]
  })
  return Object.fromEntries(sent)
}

function jsonPlain(value: Json): string {
  return typeof value === 'string' ? value : jsonText(value)
}
