import type { Connection, ConnectionOptions, RowDataPacket } from 'mysql2'
import type { Context } from '../singer/index.js'
import type { Config } from './config.js'
import { connectFailure, sourceFailure } from './failures.js'
import { type Flavor, serverVersion } from './server-version.js'
import { setVariables } from './session-variables.js'
import { keepChunksFrom, plainSocket, tlsSocket } from './socket.js'
import { certificateName, tlsOptions } from './tls.js'
import { wireOf } from './wire.js'

/** A row of a small query: every value as the server's text. */
export type SqlRow = Readonly<Record<string, string | null>>

/** One logged-in connection, its session variables set. Whoever connects destroys. */
export interface Session {
  readonly flavor: Flavor
  /** `9.7.4`, `10.11.19` */
  readonly version: string
  /** Used by rows.ts alone. */
  readonly connection: Connection
  /** For small results; `?` stands for a value. Fails with a SourceError. */
  query(sql: string, values?: readonly unknown[]): Promise<readonly SqlRow[]>
  /** Ends at once, also in the middle of a result. */
  destroy(): void
}

const connectTimeout = 30_000

/**
 * Fails with a SourceError that says host, port, what happened and what to do. The session is destroyed when
 * `context.signal` is aborted.
 */
export async function connect(config: Config, context: Context): Promise<Session> {
  const connection = await open(config, context)
  const session = sessionOn(connection, context)
  try {
    const [row] = await session.query('SELECT VERSION() AS version')
    const { flavor, version, oldest, isOlder } = serverVersion(row?.version ?? '')
    if (isOlder) {
      const fields = { server: `${flavor} ${version}`, oldest }
      context.log.warning('the server is older than what this tap is made for', fields)
    }
    await setVariables(session.query, flavor, config, context)
    return { ...session, flavor, version }
  } catch (failure) {
    session.destroy()
    throw failure
  }
}

async function open(config: Config, context: Context): Promise<Connection> {
  const { createConnection } = await import('mysql2')
  context.signal.throwIfAborted()
  const connection = createConnection(connectionOptions(config))
  keepChunksFrom(wireOf(connection))
  // Whoever waits is told besides; without a listener an early end of the socket would end the process.
  connection.on('error', () => undefined)
  const abort = () => wireOf(connection).stream.destroy()
  context.signal.addEventListener('abort', abort)
  try {
    await new Promise<void>((resolve, reject) =>
      connection.connect((failure) => (failure ? reject(failure) : resolve())),
    )
    return connection
  } catch (cause) {
    abort()
    throw connectFailure(config, cause)
  } finally {
    context.signal.removeEventListener('abort', abort)
  }
}

function connectionOptions(config: Config): ConnectionOptions {
  const ssl = tlsOptions(config)
  return {
    host: ssl ? certificateName(config) : config.host,
    user: config.user,
    password: config.password,
    ...(config.database ? { database: config.database } : {}),
    ...(ssl ? { ssl } : {}),
    stream: () => (ssl ? tlsSocket : plainSocket)(config.host, config.port),
    connectTimeout,
    charset: 'utf8mb4',
    flags: ['-LOCAL_FILES'],
    connectAttributes: { program_name: 'tap-mysql' },
  }
}

function sessionOn(connection: Connection, context: Context): Pick<Session, 'connection' | 'query' | 'destroy'> {
  let lost: Error | undefined
  // A connection that is lost while idle says so only here.
  connection.on('error', (failure) => {
    lost ??= failure
  })
  // mysql2's destroy() would still read the rest of the result, and never settle when paused.
  const destroy = () => {
    context.signal.removeEventListener('abort', destroy)
    wireOf(connection).stream.destroy()
  }
  context.signal.addEventListener('abort', destroy)
  return {
    connection,
    destroy,
    async query(sql, values = []) {
      try {
        const [rows] = await connection.promise().query<RowDataPacket[]>({ sql, values: [...values], typeCast: text })
        return Array.isArray(rows) ? rows : []
      } catch (cause) {
        throw sourceFailure(`query ${sql.split(/\s/, 1)}`, lost ?? cause)
      }
    },
  }
}

function text(field: { string(): string | null }): string | null {
  return field.string()
}
