import { asObject, type Json, type JsonObject, parseJson } from '../../singer/index.js'
import { textsOf } from '../../singer/json.js'
import { safe } from './migrate-auth.js'
import type { Notes } from './migrate-notes.js'
import type { OldPaging } from './migrate-paging.js'
import { literal } from './template.js'

/** What stood at the top level, in streams, or in both. */
export const sharedKeys = [
  ...'params headers records_path primary_keys replication_key except_keys num_inference_records'.split(' '),
  ...'start_date source_search_field source_search_query search_parameter search_prefix schema path'.split(' '),
]

export interface OldStreamContext {
  readonly place: readonly string[]
  readonly params: JsonObject
  readonly places: OldPaging['places']
  readonly notes: Notes
}

/** `old` has what the top level says, too. */
export function oldStream(old: JsonObject, context: OldStreamContext): JsonObject {
  const { place, places, notes } = context
  const search = oldSearch(old, context)
  const params = { ...context.params, ...withSafe(asObject(old.params)), ...search.params }
  const keys = textsOf(old.primary_keys)
  const headers = withSafe(asObject(old.headers))
  if (places.isInBody) {
    notes.notice(
      [...place, 'method'],
      'use_request_body_not_params sent GET with a body; POST is assumed here, or write method: GET without body',
    )
  }
  const hasParams = Object.keys(params).length > 0
  return {
    path: literal(typeof old.path === 'string' ? old.path : ''),
    ...(places.isInBody && { method: 'POST', body: { ...params, ...search.body } }),
    ...(hasParams && !places.isInBody && { params }),
    ...(Object.keys(headers).length > 0 && { headers }),
    records: typeof old.records_path === 'string' && old.records_path !== '' ? old.records_path : '$[*]',
    ...(keys.length > 0 && { primary_key: keys.length === 1 ? (keys[0] ?? '') : keys }),
    ...(search.incremental && { incremental: search.incremental }),
    ...oldSchema(old),
    flatten: { separator: '_', ...except(old), clean_names: true },
  }
}

function except({ except_keys: keys }: JsonObject): JsonObject {
  const names = textsOf(keys)
  return names.length > 0 ? { except: names } : {}
}

function oldSchema({ schema, num_inference_records: records }: JsonObject): JsonObject {
  if (schema !== undefined && schema !== null && schema !== '') return { schema }
  return records === undefined || records === null ? {} : { schema: { infer: { records } } }
}

interface Search {
  readonly incremental?: JsonObject
  readonly params?: JsonObject
  readonly body?: JsonObject
}

/** How a run asked for what is new. */
function oldSearch(old: JsonObject, { place, places, notes }: OldStreamContext): Search {
  const { replication_key: key, start_date: start } = old
  if (typeof key !== 'string' || key === '') return {}
  const at = [...place, 'incremental']
  const base: JsonObject = { key, ...(typeof start === 'string' && start !== '' && { start }) }
  const found = searchField(old)
  if (found) {
    const { field, query } = found
    notes.comment(at, 'times go out as below; before, the text of the bookmark was sent as it was')
    const value = places.isInBody ? safe(jsonOf(query), asTemplate) : asTemplate(query)
    const where = places.isInBody ? 'body' : 'param'
    if (value === '{state}') return { incremental: { ...base, [where]: field, format: 'iso_z' } }
    const sent = { [field]: value }
    return { incremental: { ...base, format: 'iso_z' }, ...(places.isInBody ? { body: sent } : { params: sent }) }
  }
  if (places.style === 'link' && /^(?:updated|created)_at$/.test(key)) {
    notes.notice(
      at,
      'since, sort and direction were sent because of the name of the key; take them out if the API has none',
    )
    return {
      incremental: { ...base, param: 'since', format: 'iso_z' },
      params: { sort: key.replace('_at', ''), direction: 'asc' },
    }
  }
  notes.notice(
    at,
    'the API was not asked for new records alone, so mode is filter: older ones are read, but no longer sent',
  )
  if (places.style !== 'page') return { incremental: { ...base, mode: 'filter' } }
  const params = { sort: 'asc', order_by: key }
  notes.comment([...place, 'params'], 'sort and order_by were always sent with a replication_key')
  return { incremental: { ...base, mode: 'filter' }, ...(places.isInBody ? { body: params } : { params }) }
}

function searchField(old: JsonObject): { field: string; query: string } | undefined {
  const { source_search_field: field, source_search_query: query, search_parameter: parameter, search_prefix } = old
  if (typeof field === 'string' && field !== '' && typeof query === 'string' && query !== '') return { field, query }
  if (typeof parameter !== 'string' || parameter === '') return undefined
  return { field: parameter, query: `${typeof search_prefix === 'string' ? search_prefix : ''}$last_run_date` }
}

/** Of a text of theirs, where `$last_run_date` is the bookmark. */
function asTemplate(text: string): string {
  return literal(text.replaceAll(/\$(?:last_run_date\b|\{last_run_date\})/g, '\u0000')).replaceAll('\u0000', '{state}')
}

/** In a body a query is JSON, if it can be. */
function jsonOf(query: string): Json {
  try {
    return parseJson(query)
  } catch {
    return query
  }
}

function withSafe(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, safe(value)]))
}
