import { asObject, type Json, type JsonObject } from '../../singer/index.js'
import type { JsonSchema } from '../../singer/schema.js'

export type AuthKind = 'bearer' | 'basic' | 'api_key' | 'oauth2' | 'jwt' | 'aws' | 'login'

/** One of the kinds as a key; or the keys of a kind themselves, where they can be those of no other. */
export type AuthSettings = JsonObject

const text = (description: string, more: JsonSchema = {}): JsonSchema => ({ type: 'string', description, ...more })
const secret = (description: string): JsonSchema => text(description, { secret: true })
const seconds = (description: string): JsonSchema => ({ type: 'number', exclusiveMinimum: 0, description })
const texts = (description: string): JsonSchema => ({
  type: 'object',
  additionalProperties: { type: 'string' },
  description,
})
const as = text('`bearer`, or the name of the header that takes the token.', { examples: ['bearer', 'X-Session'] })

const kinds: Readonly<Record<Exclude<AuthKind, 'bearer'>, JsonSchema>> = {
  basic: object(['user'], {
    user: text('User name; for some APIs the key.'),
    password: secret('Password; may be empty.'),
  }),
  api_key: object(['name', 'value'], {
    name: text('Name of the header, parameter, cookie, or path in the body.', { examples: ['X-API-Key'] }),
    value: secret('The key.'),
    in: choice(['header', 'query', 'cookie', 'body'], 'Where it goes. Default: header.'),
  }),
  oauth2: object(['token_url'], {
    grant: choice(
      ['client_credentials', 'refresh_token', 'password'],
      'Default: what the other keys imply: `refresh_token`, then `password` with `username`, then `client_credentials`.',
    ),
    token_url: text('Where tokens are asked for; joined with `base_url`.'),
    client_id: text('Client id.'),
    client_secret: secret('Client secret.'),
    refresh_token: secret('Refresh token. One that may be used only once needs `token_store`.'),
    username: text('For the grant `password`.'),
    password: secret('For the grant `password`.'),
    scope: text('Scopes, separated by spaces.'),
    extras: texts('Further fields of the request for a token.'),
    headers: texts('Further headers of the request for a token.'),
    auth_style: choice(['basic', 'body'], 'Where client id and secret go. Default: body.'),
    expires_in: seconds('Life of a token in seconds, for servers that do not tell.'),
  }),
  jwt: object(['key'], {
    algorithm: text('RS, ES or PS with 256, 384 or 512, EdDSA; HS256 to HS512 with a shared secret. Default: RS256.'),
    key: secret('Private key: PEM text, its file, or JWK text; of HS the shared secret.'),
    key_id: text('`kid` of the header.'),
    claims: { type: 'object', verbatim: true, description: 'Claims such as iss, sub, aud, scope.' },
    lifetime: seconds('Seconds from iat to exp. Default: 3600.'),
    token_url: text('Where the assertion is exchanged for a token. Default: the assertion is the token.'),
    as,
  }),
  aws: object(['service', 'region'], {
    service: text('Service, as signatures name it.', { examples: ['execute-api'] }),
    region: text('Region.', { examples: ['eu-west-1'] }),
    access_key_id: secret('Default: AWS_ACCESS_KEY_ID of the environment.'),
    secret_access_key: secret('Default: AWS_SECRET_ACCESS_KEY of the environment.'),
    session_token: secret('Default: AWS_SESSION_TOKEN of the environment.'),
  }),
  login: object(['request', 'token'], {
    request: object(['path'], {
      method: text('Default: POST.'),
      path: text('Joined with `base_url`.'),
      headers: texts('Headers of this request.'),
      body: { verbatim: true, secret: true, description: 'Body of this request.' },
      body_type: choice(['json', 'form', 'raw'], 'Default: json.'),
    }),
    token: text('Path of the token in the answer.', { examples: ['data.token'] }),
    as,
    ttl: seconds('Life of a token in seconds. Default: until the API answers 401.'),
  }),
}

export const authKinds: readonly string[] = ['bearer', ...Object.keys(kinds)]

/** The keys that a kind knows and those that it needs. */
export function keysOf(kind: Exclude<AuthKind, 'bearer'>): {
  readonly known: readonly string[]
  readonly required: Json
} {
  const schema = kinds[kind]
  return { known: Object.keys(asObject(schema.properties)), required: schema.required ?? [] }
}

export const authSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  isOneRow: true,
  secret: true,
  description:
    'One of `{bearer: TOKEN}`, `{basic: {user, password}}`, `{api_key: {name, value, in}}`, `{oauth2: {…}}`, ' +
    '`{jwt: {…}}`, `{aws: {…}}`, `{login: {…}}`. Write secrets as `{env.NAME}`. `null` on a stream: none.',
  examples: [{ bearer: '{env.API_TOKEN}' }],
  properties: {
    ...Object.assign({}, ...Object.values(kinds).map(({ properties }) => properties)),
    type: choice(authKinds, 'The kind, beside its own keys. Needed only where they leave it open.'),
    bearer: secret('The token of `Authorization: Bearer`.'),
    ...kinds,
  },
}

function object(required: readonly string[], properties: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties: false, required, properties }
}

function choice(values: readonly string[], description: string): JsonSchema {
  return { type: 'string', enum: values, description }
}
