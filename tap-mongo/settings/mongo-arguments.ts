import { ConfigError, Digits, isObject, type Json, type JsonObject } from '../../singer/index.js'
import { hostList } from './host-list.js'

export interface UriParts {
  /** Without what follows. */
  readonly uri: string
  readonly username?: string
  readonly password?: string
}

/**
 * The URI that says the same as arguments of pymongo's MongoClient: most of them are options of URIs. The driver refuses
 * those that it does not know. https://pymongo.readthedocs.io/en/stable/api/pymongo/mongo_client.html
 */
export function uriOfArguments(given: JsonObject): UriParts {
  const { host = 'localhost', port = 27017, username, password, ...others } = given
  const entries = Object.entries(others).filter(([name, value]) => value !== null && !ofPython.has(name))
  const options = new URLSearchParams(entries.flatMap(([name, value]) => optionPairs(name, value)))
  return {
    uri: withOptions(uriOfHost(host, Number(textOf(port))), options.toString().replaceAll('+', '%20')),
    ...(isGiven(username) && { username: textOf(username) }),
    ...(isGiven(password) && { password: textOf(password) }),
  }
}

/** They say how Python is to hold things. */
const ofPython = new Set([
  'auto_encryption_opts',
  'connect',
  'datetime_conversion',
  'document_class',
  'driver',
  'event_listeners',
  'server_api',
  'type_registry',
  'tz_aware',
  'tzinfo',
  'unicode_decode_error_handler',
  'uuidRepresentation',
])

function isGiven(value: Json | undefined): value is Json {
  return value !== undefined && value !== null
}

function uriOfHost(host: Json, port: number): string {
  const hosts = Array.isArray(host) ? host.map(textOf) : [textOf(host)]
  const [first = ''] = hosts
  if (hosts.length === 1 && first.includes('://')) return first
  if (hosts.some((each) => each.includes('://'))) throw new ConfigError('host must be one URI, or names of hosts')
  return `mongodb://${hostList(hosts.join(','), port)}/`
}

function optionPairs(name: string, value: Json): [string, string][] {
  if (Array.isArray(value) && /^readPreferenceTags$/i.test(name)) return value.map((item) => [name, pairs(item)])
  return [[name, Array.isArray(value) ? value.map(textOf).join(',') : pairs(value)]]
}

/** `{"a": "b"}` as `a:b`. */
function pairs(value: Json): string {
  if (!isObject(value) || value instanceof Digits) return textOf(value)
  return Object.entries(value)
    .map(([key, item]) => `${key}:${textOf(item)}`)
    .join(',')
}

function textOf(value: Json): string {
  return value instanceof Digits ? value.text : String(value)
}

function withOptions(uri: string, options: string): string {
  if (options === '') return uri
  const [place = '', query] = uri.split('?', 2)
  if (query !== undefined) return `${place}?${query}&${options}`
  return /:\/\/[^/]*$/.test(place) ? `${place}/?${options}` : `${place}?${options}`
}
