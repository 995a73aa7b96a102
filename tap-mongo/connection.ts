import type { Document, MongoClient, Timestamp } from 'mongodb'
import { ConfigError, type Context, retry } from '../singer/index.js'
import { keepOldGenerationSmall, keepYoungGenerationSmall } from '../singer/small-heap.js'
import type { Config } from './config.js'
import { adviceFor } from './failures/advice.js'
import { codeOf, failureOf } from './failures/failure.js'
import { isLost, sourceFailure } from './failures.js'
import { type Address, addressOf, secretsOf } from './settings/uri.js'

/** The server, replica set or cluster that was connected to, in MongoDB's own word. Whoever connects closes. */
export interface Deployment {
  readonly client: MongoClient
  /** Of the URI; where databases cannot be listed, the only one. */
  readonly defaultDatabase: string | undefined
  /** `7.0.12`; clones say what they like: for messages and logs alone. */
  readonly version: string
  /** Of the `hello` of this run's start; undefined: a standalone server or a clone, without a log to read. */
  readonly operationTime: Timestamp | undefined
  /** Has DB sessions, so `afterClusterTime` can be asked for. */
  readonly hasSessions: boolean
  close(): Promise<void>
}

/**
 * One client with `appName: tap-mongo`; the settings are resolved ones. Fails with a SourceError that says host, what
 * happened and what to do, never with user info. Closed when `context.signal` is aborted, so that everything that waits ends.
 */
export async function connect(config: Config, context: Context): Promise<Deployment> {
  const address = addressOf(config)
  context.log.redact(secretsIn(address))
  const client = await newClient(address)
  context.signal.throwIfAborted()
  const close = closing(client, context.signal)
  try {
    await Promise.race([client.connect(), refusalOf(client)])
    const known = await retry(() => introduction(client), {
      isRetryable: (problem) => isLost(failureOf(problem)),
      signal: context.signal,
    })
    return { client, close, defaultDatabase: defaultDatabase(config, client), ...known }
  } catch (cause) {
    await close()
    context.signal.throwIfAborted()
    throw sourceFailure(`connect to ${placeOf(client)}`, cause)
  }
}

function secretsIn({ uri, options }: Address): string[] {
  return [...secretsOf(uri), ...(options.auth?.password === undefined ? [] : [options.auth.password])]
}

async function newClient({ uri, options }: Address): Promise<MongoClient> {
  keepYoungGenerationSmall()
  keepOldGenerationSmall()
  const { MongoClient } = await import('mongodb')
  try {
    return new MongoClient(uri, options)
  } catch (cause) {
    // Without the cause: it may quote the URI.
    const failure = failureOf(cause)
    throw new ConfigError(`the URI of the server, or settings beside it: ${failure.message}${adviceFor(failure)}`)
  }
}

/** Closes once; also when the run is aborted. */
function closing(client: MongoClient, signal: AbortSignal): () => Promise<void> {
  let closed: Promise<void> | undefined
  const close = () => {
    signal.removeEventListener('abort', close)
    // Whatever cannot be said to the server any more, it finds out by itself.
    closed ??= client.close().catch(() => undefined)
    return closed
  }
  signal.addEventListener('abort', close)
  return close
}

/** A single server that no second attempt can reach: without it the driver would try for half a minute. */
function refusalOf(client: MongoClient): Promise<never> {
  return new Promise((_, reject) => {
    if (client.options.hosts.length !== 1) return
    client.on('serverHeartbeatFailed', ({ failure }) => {
      if (!isLost(failureOf(failure))) reject(failure)
    })
  })
}

type Introduction = Pick<Deployment, 'version' | 'operationTime' | 'hasSessions'>

async function introduction(client: MongoClient): Promise<Introduction> {
  const hello = await firstKnown(client, [{ hello: 1 }, { isMaster: 1 }])
  const { version } = await firstKnown(client, [{ buildInfo: 1 }, { ping: 1 }])
  const operationTime = timestampOf(hello.operationTime)
  const hasSessions = typeof hello.logicalSessionTimeoutMinutes === 'number' && operationTime !== undefined
  return { version: typeof version === 'string' ? version : 'unknown', operationTime, hasSessions }
}

/** Old servers and clones do not have every command, or not for everybody. */
const unknownOrForbidden: readonly unknown[] = [13, 59, 115]

async function firstKnown(client: MongoClient, [command = {}, ...others]: Document[]): Promise<Document> {
  try {
    // A secondary may lag: its time lies before what a change stream has already given.
    return await client.db('admin').command(command, { readPreference: 'primaryPreferred' })
  } catch (cause) {
    if (others.length === 0 || !unknownOrForbidden.includes(codeOf(cause))) throw cause
    return firstKnown(client, others)
  }
}

function timestampOf(value: unknown): Timestamp | undefined {
  const isTimestamp = typeof value === 'object' && value !== null && '_bsontype' in value
  return isTimestamp && value._bsontype === 'Timestamp' ? (value as Timestamp) : undefined
}

/** A client without a database in its URI says `test`. */
function defaultDatabase({ uri, databases = [] }: Config, client: MongoClient): string | undefined {
  if (uri !== undefined && /:\/\/[^/]*\/[^?]/.test(uri)) return client.options.dbName
  const [only] = databases
  return databases.length === 1 && only !== undefined && !/[*?[!]/.test(only) ? only : undefined
}

function placeOf({ options: { srvHost, hosts } }: MongoClient): string {
  return srvHost ?? hosts.map((host) => host.toString()).join(', ')
}
