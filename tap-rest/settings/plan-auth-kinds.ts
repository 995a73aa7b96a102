import { asObject, isObject, type Json, type JsonObject } from '../../singer/index.js'
import type { BodyType } from '../http/http.js'
import type { AuthKind } from './config-auth.js'
import { parsePath } from './path.js'
import type { AuthPlan, ConnectionPlan, JwtPlan, LoginPlan, OAuth2Plan } from './plan.js'
import { pemText } from './plan-connection.js'
import { type Planning, templateAt, textAt, textsAt } from './planning.js'

type Read = (kind: AuthKind, place: string, values: JsonObject) => AuthPlan

/** A function per kind. Values are those of the schema, with what is required. */
export function createAuthReader(planning: Planning, connection: ConnectionPlan): Read {
  return (kind, place, values) => {
    const fields = fieldsOf(planning, place, values)
    const { text, optional, filled } = fields
    switch (kind) {
      case 'bearer':
        return { kind, token: filled('bearer') }
      case 'basic': {
        const password = optional('password', true) ?? ''
        // Some APIs take their key as the user.
        return { kind, user: text('user', password === ''), password }
      }
      case 'api_key':
        return { kind, name: text('name'), value: filled('value'), in: placeOf(values.in) }
      case 'oauth2':
        return oauth2(planning, fields, connection)
      case 'jwt':
        return jwt(planning, fields, connection)
      case 'aws':
        return {
          kind,
          service: text('service'),
          region: text('region'),
          ...fields.given('accessKeyId', 'access_key_id', true),
          ...fields.given('secretAccessKey', 'secret_access_key', true),
          ...fields.given('sessionToken', 'session_token', true),
        }
      case 'login':
        return login(planning, fields, connection)
      default:
        return kind satisfies never
    }
  }
}

interface Fields {
  readonly place: string
  readonly values: JsonObject
  text(key: string, isSecret?: boolean): string
  optional(key: string, isSecret?: boolean): string | undefined
  /** Of a secret: a variable that is set to nothing is a problem. */
  filled(key: string): string
  /** `{[name]: text}`, or nothing. */
  given<Name extends string>(name: Name, key: string, isSecret?: boolean): { readonly [key in Name]?: string }
}

function fieldsOf(planning: Planning, place: string, values: JsonObject): Fields {
  const optional = (key: string, isSecret = false) => {
    const value = values[key]
    return typeof value === 'string' ? textAt(planning, `${place}.${key}`, value, isSecret) : undefined
  }
  return {
    place,
    values,
    optional,
    text: (key, isSecret) => optional(key, isSecret) ?? '',
    filled(key) {
      const value = optional(key, true)
      if (value?.trim() === '') planning.problems.add(`${place}.${key}`, 'is empty')
      return value ?? ''
    },
    given: (name, key, isSecret) => {
      const text = optional(key, isSecret)
      return text === undefined ? {} : ({ [name]: text } as { [key in typeof name]?: string })
    },
  }
}

function oauth2(planning: Planning, { place, values, given, text }: Fields, connection: ConnectionPlan): OAuth2Plan {
  const grant = grantOf(values)
  for (const key of needed[grant].filter((each) => values[each] === undefined)) {
    planning.problems.add(`${place}.${key}`, `is required for the grant ${grant}`)
  }
  return {
    kind: 'oauth2',
    grant,
    tokenUrl: absolute(text('token_url'), connection),
    ...given('clientId', 'client_id'),
    ...given('clientSecret', 'client_secret', true),
    ...given('refreshToken', 'refresh_token', true),
    ...given('username', 'username'),
    ...given('password', 'password', true),
    ...given('scope', 'scope'),
    extras: textsAt(planning, `${place}.extras`, stringsOf(values.extras)),
    headers: lowerCase(textsAt(planning, `${place}.headers`, stringsOf(values.headers))),
    authStyle: values.auth_style === 'basic' ? 'basic' : 'body',
    ...(typeof values.expires_in === 'number' && { expiresIn: values.expires_in }),
  }
}

const needed: Readonly<Record<OAuth2Plan['grant'], readonly string[]>> = {
  client_credentials: ['client_id'],
  refresh_token: ['refresh_token'],
  password: ['username', 'password'],
}

function grantOf({ grant, refresh_token, username }: JsonObject): OAuth2Plan['grant'] {
  if (grant === 'client_credentials' || grant === 'refresh_token' || grant === 'password') return grant
  if (refresh_token !== undefined) return 'refresh_token'
  return username === undefined ? 'client_credentials' : 'password'
}

function jwt(
  planning: Planning,
  { place, values, given, text, optional }: Fields,
  connection: ConnectionPlan,
): JwtPlan {
  const algorithm = optional('algorithm') ?? 'RS256'
  const isKnown = /^(?:(?:RS|ES|PS|HS)(?:256|384|512)|EdDSA)$/.test(algorithm)
  if (!isKnown) planning.problems.add(`${place}.algorithm`, 'must be RS256, ES256, PS256, HS256 or the like')
  const key = text('key', true)
  const isFile = isKnown && !algorithm.startsWith('HS') && !key.trimStart().startsWith('{')
  const content = isFile ? planning.problems.attempt(`${place}.key`, () => pemText(key)) : key
  if (content !== undefined) planning.secrets.add(content)
  const tokenUrl = optional('token_url')
  return {
    kind: 'jwt',
    algorithm,
    key: content ?? '',
    ...given('keyId', 'key_id'),
    claims: asObject(templateAt(planning, `${place}.claims`, asObject(values.claims))?.render({})),
    lifetime: typeof values.lifetime === 'number' ? values.lifetime : 3600,
    ...(tokenUrl !== undefined && { tokenUrl: absolute(tokenUrl, connection) }),
    as: bearerOrHeader(optional('as')),
  }
}

function login(planning: Planning, { place, values, optional }: Fields, connection: ConnectionPlan): LoginPlan {
  const request = asObject(values.request)
  const here = `${place}.request`
  const { text: part, optional: maybe } = fieldsOf(planning, here, request)
  const body = request.body === undefined ? undefined : secretBody(planning, `${here}.body`, request.body)
  return {
    kind: 'login',
    request: {
      method: maybe('method')?.toUpperCase() ?? 'POST',
      url: absolute(part('path'), connection),
      headers: lowerCase(textsAt(planning, `${here}.headers`, stringsOf(request.headers))),
      ...(body !== undefined && { body: { type: bodyTypeOf(request.body_type), value: body } }),
    },
    token: planning.problems.attempt(`${place}.token`, () => parsePath(String(values.token))) ?? [],
    as: bearerOrHeader(optional('as')),
    ...(typeof values.ttl === 'number' && { ttl: values.ttl }),
  }
}

/** All texts of a login are secret, also those whose names do not tell it. */
function secretBody(planning: Planning, place: string, value: Json): Json | undefined {
  const body = templateAt(planning, `${place}.secret`, value)?.render({})
  for (const text of textsWithin(body)) planning.secrets.add(text)
  return body
}

function textsWithin(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsWithin)
  return isObject(value) ? Object.values(value).flatMap(textsWithin) : []
}

function absolute(url: string, { baseUrl }: ConnectionPlan): string {
  return /^https?:\/\//i.test(url) ? url : `${baseUrl}/${url.replace(/^\/+/, '')}`
}

function bearerOrHeader(as = 'bearer'): LoginPlan['as'] {
  return as.toLowerCase() === 'bearer' ? 'bearer' : { header: as.toLowerCase() }
}

function placeOf(value: Json | undefined) {
  return value === 'query' || value === 'cookie' || value === 'body' ? value : 'header'
}

export function bodyTypeOf(value: Json | undefined): BodyType {
  return value === 'form' || value === 'raw' ? value : 'json'
}

function stringsOf(value: Json | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(asObject(value)).map(([key, text]) => [key, String(text)]))
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
