import { ConfigError, isObject, parseJson } from '../../singer/index.js'
import type { Config, StreamConfig } from '../config.js'
import { startTime } from '../log-based/start-time.js'
import { instantOf } from './date-time.js'
import { fromExtendedJson } from './extended-json.js'
import { inOurWords } from './in-our-words.js'

/**
 * The settings in our own words alone: those of the Python taps have been folded into them. May be called again.
 * @throws ConfigError with a line per contradiction.
 */
export function resolvedConfig(config: Config): Config {
  const problems: string[] = []
  const resolved = inOurWords(config, problems)
  problems.push(...serverProblems(resolved), ...periodProblems('settings', resolved))
  problems.push(...problemsOf(() => startTime(resolved)))
  for (const [id, own] of Object.entries(resolved.streams)) problems.push(...streamProblems(`streams.${id}`, own))
  if (problems.length > 0) throw new ConfigError([...new Set(problems)].join('\n'))
  return resolved
}

function serverProblems({ uri, host, srv, user, password, tls, tls_ca, tls_cert }: Config): string[] {
  const isOfUri = uri !== undefined
  const hasUser = isOfUri && /^[^/]*:\/\/[^/?]*@/.test(uri)
  const hasPassword = isOfUri && /^[^/]*:\/\/[^/?@]*:[^/?]*@/.test(uri)
  const rules: readonly (readonly [boolean, string])[] = [
    [isOfUri && srv, 'srv: belongs to host; a uri begins with mongodb+srv:// instead'],
    [isOfUri && !/^mongodb(\+srv)?:\/\/[^/]/.test(uri), 'uri: must begin with mongodb:// or mongodb+srv:// and a host'],
    [hasUser && user !== undefined, 'user: the uri holds one, too; give one of them'],
    [host?.includes('://') === true, 'host: is a URI; give it as uri'],
    [srv && host !== undefined && /[,:]/.test(host), 'host: with srv it is one name, without a port'],
    [password !== undefined && user === undefined && !hasUser, 'password: needs user, too'],
    [password !== undefined && hasPassword, 'password: the uri holds one, too; give one of them'],
    [tls === false && (tls_ca ?? tls_cert) !== undefined, 'tls: is false, but tls_ca or tls_cert is given'],
  ]
  return rules.flatMap(([isBroken, text]) => (isBroken ? [text] : []))
}

function streamProblems(place: string, own: StreamConfig): string[] {
  return [
    ...jsonProblems(`${place}.filter`, own.filter),
    ...jsonProblems(`${place}.projection`, own.projection),
    ...(leavesOutId(own.projection) ? [`${place}.projection: leaves out _id, by which documents are told apart`] : []),
    ...periodProblems(place, own),
  ]
}

function jsonProblems(place: string, given: StreamConfig['filter']): string[] {
  const found = problemsOf(() => given === undefined || fromExtendedJson(given))
  return found.map((problem) => `${place}: ${problem}`)
}

function problemsOf(read: () => unknown): string[] {
  try {
    read()
    return []
  } catch (problem) {
    if (problem instanceof ConfigError) return [problem.message]
    throw problem
  }
}

function leavesOutId(projection: StreamConfig['projection']): boolean {
  if (projection === undefined) return false
  const ofId = idOf(projection)
  return ofId === 0 || ofId === false
}

function idOf(projection: NonNullable<StreamConfig['projection']>): unknown {
  try {
    const value = typeof projection === 'string' ? parseJson(projection) : projection
    return isObject(value) ? value._id : undefined
  } catch {
    // What is no JSON is a problem that has been told.
    return undefined
  }
}

function periodProblems(place: string, { start_date, end_date }: StreamConfig): string[] {
  if (start_date === undefined || end_date === undefined || instantOf(start_date) < instantOf(end_date)) return []
  return [`${place}: end_date must be later than start_date`]
}
