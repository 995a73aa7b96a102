import { ConfigError, isObject, type JsonObject, parseJson } from '../../singer/index.js'
import type { Config, ServerConfig } from '../config.js'
import { type UriParts, uriOfArguments } from './mongo-arguments.js'

type Login = Pick<ServerConfig, 'user' | 'password'>

/** Wherever the server and its login stand: afterwards in `uri` or `host`, `user` and `password`, and in `tls`. */
export function serverInOurWords(config: Config, problems: string[]): Config {
  const {
    mongodb_connection_string,
    mongo,
    documentdb_credential_json_string,
    documentdb_credential_json_extra_options,
    ssl,
    ...own
  } = config
  problems.push(...placeProblems(config))
  if (ssl !== undefined && own.tls !== undefined && ssl !== own.tls) {
    problems.push('tls: ssl says something else; give one of them')
  }
  const tls = own.tls ?? ssl
  const uri = own.uri ?? mongodb_connection_string
  return {
    ...own,
    ...(tls !== undefined && { tls }),
    ...(uri !== undefined && { uri }),
    ...(mongo && attempt('mongo', () => settingsOf(uriOfArguments(mongo), own), problems)),
    ...(documentdb_credential_json_string !== undefined &&
      attempt('documentdb_credential_json_string', () => ofDocumentDb(config), problems)),
  }
}

const places = ['uri', 'mongodb_connection_string', 'mongo', 'documentdb_credential_json_string', 'host'] as const

function placeProblems(config: Config): string[] {
  const given = places.filter((place) => config[place] !== undefined)
  if (given.length === 0) return ['settings: uri or host is required']
  const isSameUri = given.length === 2 && config.uri === config.mongodb_connection_string
  return given.length === 1 || isSameUri ? [] : [`${given.join(' and ')}: exclude each other; give one of them`]
}

function attempt(place: string, read: () => Partial<Config>, problems: string[]): Partial<Config> {
  try {
    return read()
  } catch (problem) {
    if (!(problem instanceof ConfigError)) throw problem
    problems.push(`${place}: ${problem.message}`)
    return {}
  }
}

/** A login beside the arguments wins, as it may come from the environment. */
function settingsOf({ uri, username, password }: UriParts, { user: ownUser, password: ownPassword }: Login) {
  const user = ownUser ?? username
  const secret = ownPassword ?? password
  return { uri, ...(user !== undefined && { user }), ...(secret !== undefined && { password: secret }) }
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
function ofDocumentDb(config: Config): Partial<Config> {
  const { username, password, host, port, ssl } = jsonObject(config.documentdb_credential_json_string ?? '', 'it')
  const extra = config.documentdb_credential_json_extra_options ?? '{}'
  const options = jsonObject(extra, 'documentdb_credential_json_extra_options')
  const isTls = ssl === true && options.tls === undefined && options.ssl === undefined
  if (typeof host !== 'string') throw new ConfigError('it lacks the host')
  const given = { host, port, username, password, ...(isTls && { tls: true }), ...options }
  const known = Object.entries(given).filter(([, value]) => value !== undefined && value !== null)
  return settingsOf(uriOfArguments(Object.fromEntries(known) as JsonObject), config)
}

function jsonObject(text: string, name: string): Readonly<Record<string, JsonObject[string] | undefined>> {
  try {
    const value = parseJson(text)
    if (isObject(value)) return value
  } catch {
    // Without the cause, which might quote it.
  }
  throw new ConfigError(`${name} is no JSON object`)
}
