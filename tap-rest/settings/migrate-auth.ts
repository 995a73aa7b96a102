import { asObject, isObject, type Json, type JsonObject } from '../../singer/index.js'
import type { Notes } from './migrate-notes.js'
import { literal } from './template.js'

/** `auth`, and `headers` for the API keys that it has no place for. */
export function oldAuth(old: JsonObject, notes: Notes): JsonObject {
  switch (old.auth_method) {
    case 'api_key':
      return apiKeys(asObject(old.api_keys), notes)
    case 'basic':
      return { auth: { basic: given({ user: old.username, password: old.password }) } }
    case 'bearer_token':
      return { auth: given({ bearer: old.bearer_token }) }
    case 'oauth':
      return { auth: { oauth2: oauth2(old, notes) } }
    case 'aws':
      return aws(asObject(old.aws_credentials), notes)
    case undefined:
    case null:
    case '':
    case 'no_auth':
      return {}
    default:
      notes.notice(['auth'], 'this auth_method is not known; write auth by hand')
      return {}
  }
}

function apiKeys(keys: JsonObject, notes: Notes): JsonObject {
  const entries = Object.entries(keys)
  const [name, value] = entries.at(-1) ?? []
  if (name === undefined || value === undefined) {
    notes.notice(['auth'], 'auth_method is api_key, but there are no api_keys')
    return {}
  }
  const others = entries.slice(0, -1)
  if (others.length > 0) notes.notice(['headers'], 'only the last pair of api_keys was sent; now all are')
  const headers = Object.fromEntries(others.map(([header, text]) => [header, safe(text)]))
  return { auth: { api_key: { name, value: safe(value) } }, ...(others.length > 0 && { headers }) }
}

function oauth2(old: JsonObject, notes: Notes): JsonObject {
  const extras = { ...asObject(old.oauth_extras), ...given({ redirect_uri: old.redirect_uri }) }
  const headers = Object.fromEntries(Object.entries(asObject(old.headers)).map(([name, value]) => [name, safe(value)]))
  const place = ['auth', 'oauth2']
  if (Object.keys(headers).length > 0)
    notes.comment([...place, 'headers'], 'the headers went to the token request, too')
  if (old.refresh_token !== undefined && old.grant_type === 'refresh_token') {
    notes.notice([...place, 'refresh_token'], 'if the token may be used only once, set token_store to a file')
  }
  return {
    ...given({
      grant: old.grant_type,
      token_url: old.access_token_url,
      client_id: old.client_id,
      client_secret: old.client_secret,
      refresh_token: old.refresh_token,
      username: old.username,
      password: old.password,
      scope: old.scope,
    }),
    ...(Object.keys(extras).length > 0 && { extras: withTexts(extras) }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(old.oauth_expiration_secs !== undefined &&
      old.oauth_expiration_secs !== null && { expires_in: old.oauth_expiration_secs }),
  }
}

function aws(credentials: JsonObject, notes: Notes): JsonObject {
  if (credentials.create_signed_credentials === false) {
    notes.notice([], 'create_signed_credentials is false: requests were not signed, so there is no auth')
    return {}
  }
  if (credentials.aws_profile !== undefined) {
    notes.notice(
      ['auth', 'aws'],
      'aws_profile is not read: set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN',
    )
  }
  const { aws_service: service, aws_region: region } = credentials
  for (const [key, value] of Object.entries({ service, region })) {
    if (value === undefined) notes.notice(['auth', 'aws'], `${key} is required and was not given`)
  }
  const fields = given({
    service,
    region,
    access_key_id: credentials.aws_access_key_id,
    secret_access_key: credentials.aws_secret_access_key,
    session_token: credentials.aws_session_token,
  })
  return { auth: { aws: fields } }
}

function given(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  const present = Object.entries(fields).filter((entry): entry is [string, Json] => {
    return entry[1] !== undefined && entry[1] !== null && entry[1] !== ''
  })
  return Object.fromEntries(present.map(([key, value]) => [key, safe(value)]))
}

function withTexts(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, safe(value)]))
}

/** Braces of theirs are braces. */
export function safe(value: Json, text: (given: string) => string = literal): Json {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map((item: Json) => safe(item, text))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, safe(item, text)]))
}
