import type { MongoClientOptions } from 'mongodb'
import type { Config } from '../config.js'
import { hostList } from './host-list.js'
import { tlsOptions } from './tls.js'

export interface Address {
  readonly uri: string
  readonly options: MongoClientOptions
}

/** Of resolved settings. What the URI says of what has a default here, stands. */
export function addressOf(config: Config): Address {
  const uri = config.uri ?? `mongodb${config.srv ? '+srv' : ''}://${hosts(config)}/`
  const said = namesOfOptions(uri)
  const unsaid = Object.entries(defaultsOf(config)).filter(([name]) => !said.has(name.toLowerCase()))
  return { uri, options: { ...Object.fromEntries(unsaid), ...loginOptions(config), ...tlsOptions(config), ...bson } }
}

/** Passwords and tokens of the URI, as they stand there and decoded. */
export function secretsOf(uri: string): string[] {
  const [, password = ''] = /^[^/]*:\/\/[^:@/]*:([^@]*)@/.exec(uri) ?? []
  // An @ that is not encoded: what the driver refuses is no less a secret.
  const [, careless = ''] = /^[^/]*:\/\/[^:@/]*:(.*)@/s.exec(uri) ?? []
  const ofOptions = [...queryOf(uri)].filter(([name]) => /password|properties/i.test(name)).map(([, value]) => value)
  const found = [password, careless, ...ofOptions].filter((text) => text !== '')
  return [...new Set(found.flatMap((text) => [text, decoded(text)]))]
}

function hosts({ host = 'localhost', port, srv }: Config): string {
  return srv ? host : hostList(host, port)
}

/** Connections: one that copies and fetches ahead, one that follows the log, and one for small questions. */
const maxPoolSize = 4

function defaultsOf({ read_preference }: Config): MongoClientOptions {
  return { appName: 'tap-mongo', maxPoolSize, readPreference: read_preference ?? 'secondaryPreferred' }
}

function loginOptions({ uri, user, password, auth_database, replica_set }: Config): MongoClientOptions {
  const username = user ?? (password === undefined ? undefined : userOf(uri))
  return {
    ...(username !== undefined && { auth: { username, ...(password !== undefined && { password }) } }),
    ...(auth_database !== undefined && { authSource: auth_database }),
    ...(replica_set !== undefined && { replicaSet: replica_set }),
  }
}

/** Of a URI that leaves the password to the settings. */
function userOf(uri = ''): string | undefined {
  const [, user] = /^[^/]*:\/\/([^:@/?]+):?@/.exec(uri) ?? []
  return user === undefined ? undefined : decoded(user)
}

/** Documents are read by our own code, which says of each text what is wrong with it. */
const bson: MongoClientOptions = { enableUtf8Validation: false, ignoreUndefined: false }

function namesOfOptions(uri: string): ReadonlySet<string> {
  return new Set([...queryOf(uri).keys()].map((name) => name.toLowerCase()))
}

function queryOf(uri: string): URLSearchParams {
  return new URLSearchParams(uri.split('?').slice(1).join('?'))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not encoded at all: it stands there as it is.
    return text
  }
}
