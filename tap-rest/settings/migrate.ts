import { asObject, ConfigError, type Json, type JsonObject, stableText } from '../../singer/index.js'
import { oldAuth } from './migrate-auth.js'
import { Notes } from './migrate-notes.js'
import { oldPaging, pagingKeys } from './migrate-paging.js'
import { oldStream, sharedKeys } from './migrate-stream.js'
import { yamlText } from './migrate-yaml.js'

export interface Migrated {
  /** Settings of tap-rest in YAML; comments say why. */
  readonly text: string
  /** What should be looked at. */
  readonly notices: readonly string[]
}

/**
 * Settings of tap-rest-api-msdk as ours. Their bookmarks carry over as they are.
 * @throws ConfigError when they are none.
 */
export function migrated(old: JsonObject): Migrated {
  const streams = Array.isArray(old.streams) ? old.streams.map((each: Json) => asObject(each)) : []
  const unnamed = streams.findIndex(({ name }) => typeof name !== 'string' || name === '')
  if (typeof old.api_url !== 'string' || streams.length === 0) {
    throw new ConfigError('these are no settings of tap-rest-api-msdk: api_url and a list of streams are wanted')
  }
  if (unnamed !== -1) throw new ConfigError(`stream ${unnamed + 1} of the settings has no name`)
  const notes = new Notes()
  const { paginate, params, places } = oldPaging(old, notes)
  const entries = streams.map((stream) => {
    const name = String(stream.name)
    return [name, oldStream(withTopLevel(old, stream), { place: ['streams', name], params, places, notes })] as const
  })
  const hoisted = hoist(entries, notes)
  const settings: JsonObject = {
    base_url: old.api_url,
    ...oldAuth(old, notes),
    ...paginate,
    ...(old.pagination_results_limit !== undefined && { max_records: old.pagination_results_limit }),
    ...oldRetry(old, notes),
    ...(old.store_raw_json_message === true && { raw_record: true }),
    ...(typeof old.user_agent === 'string' && { user_agent: old.user_agent }),
    ...hoisted,
  }
  noteStrangers(old, streams, notes)
  return { text: yamlText(settings, notes), notices: notes.notices }
}

/** A stream has what the top level says where it says nothing itself; params and headers key by key. */
function withTopLevel(old: JsonObject, stream: JsonObject): JsonObject {
  const shared = Object.fromEntries(Object.entries(old).filter(([key]) => sharedKeys.includes(key)))
  return {
    ...old,
    ...shared,
    ...Object.fromEntries(Object.entries(stream).filter(([, value]) => value !== null)),
    params: { ...asObject(old.params), ...asObject(stream.params) },
    headers: { ...asObject(old.headers), ...asObject(stream.headers) },
  }
}

/** What all streams have in common becomes `defaults`. */
function hoist(entries: readonly (readonly [string, JsonObject])[], notes: Notes): JsonObject {
  const [first] = entries
  const common = Object.entries(entries.length > 1 ? (first?.[1] ?? {}) : {}).filter(([key, value]) =>
    entries.every(([, each]) => key !== 'path' && stableText(each[key] ?? null) === stableText(value)),
  )
  for (const [key] of common)
    notes.move(
      key,
      entries.map(([name]) => ['streams', name]),
      ['defaults'],
    )
  const names = common.map(([key]) => key)
  const streams = entries.map(([name, each]) => {
    return [name, Object.fromEntries(Object.entries(each).filter(([key]) => !names.includes(key)))] as const
  })
  return { ...(common.length > 0 && { defaults: Object.fromEntries(common) }), streams: Object.fromEntries(streams) }
}

/** Seconds of `Retry-After` are waited for anyway. */
function oldRetry(old: JsonObject, notes: Notes): JsonObject {
  const { backoff_type: type, backoff_param: param = 'Retry-After', backoff_time_extension: extra } = old
  const isUsual = type !== 'message' && String(param).toLowerCase() === 'retry-after'
  const from = type === 'message' ? `body.${param}` : String(param)
  const retry: JsonObject = {
    ...((type === 'message' || type === 'header') && !isUsual && { wait_from: from }),
    ...(typeof extra === 'number' && extra > 0 && { extra }),
  }
  if (type === 'message')
    notes.notice(['retry'], `waits the seconds at ${from} of the answer; check that it is the path`)
  return Object.keys(retry).length > 0 ? { retry } : {}
}

function noteStrangers(old: JsonObject, streams: readonly JsonObject[], notes: Notes): void {
  const keys = new Set([...Object.keys(old), ...streams.flatMap((stream) => Object.keys(stream))])
  for (const key of [...keys].filter((each) => !known.includes(each))) {
    notes.notice([], `${key} has no counterpart here and is left out`)
  }
  const ignored = new Set(streams.flatMap((stream) => Object.keys(stream)).filter((key) => isOfTopLevel(key)))
  for (const key of ignored)
    notes.notice([], `${key} has no effect in a stream, only at the top level, and is left out`)
}

function isOfTopLevel(key: string): boolean {
  return known.includes(key) && key !== 'name' && !sharedKeys.includes(key)
}

const known = [
  ...'api_url streams name path user_agent store_raw_json_message auth_method api_keys username password'.split(' '),
  ...'bearer_token grant_type access_token_url client_id client_secret refresh_token scope redirect_uri'.split(' '),
  ...'oauth_extras oauth_expiration_secs aws_credentials backoff_type backoff_param'.split(' '),
  ...'backoff_time_extension pagination_results_limit search_parameter search_prefix'.split(' '),
  ...pagingKeys,
  ...sharedKeys,
]
