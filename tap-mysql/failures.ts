import { SourceError } from '../singer/index.js'
import type { Config } from './config.js'

/** The connection is gone: a new one can go on where this one stopped. */
export class ConnectionLostError extends SourceError {
  override name = 'ConnectionLostError'
}

/** `doing`: what was being done to which object. */
export function sourceFailure(doing: string, cause: unknown): SourceError {
  if (cause instanceof SourceError) return cause
  const failure = driverFailure(cause)
  const message = `${doing}: ${failure.message}${queryAdvice[failure.code] ?? ''}`
  return isLost(failure) ? new ConnectionLostError(message, { cause }) : new SourceError(message, { cause })
}

export function connectFailure(config: Config, cause: unknown): SourceError {
  const failure = driverFailure(cause)
  const advice = connectAdvice[failure.code] ?? tlsAdvice(failure.message)
  const message = `connect to ${config.host}:${config.port} as ${config.user}: ${failure.message}${advice}`
  return isLost(failure) ? new ConnectionLostError(message, { cause }) : new SourceError(message, { cause })
}

const queryAdvice: Readonly<Record<string, string>> = {
  ER_BAD_FIELD_ERROR: '; the table was altered since the start of the run: run again',
  ER_NO_SUCH_TABLE: '; the table is gone since the start of the run: run again, or deselect it',
}

interface DriverFailure {
  readonly code: string
  readonly message: string
}

function driverFailure(cause: unknown): DriverFailure {
  if (!(cause instanceof Error)) return { code: '', message: String(cause) }
  const { code } = cause as Error & { readonly code?: unknown }
  // A host with several addresses fails with an AggregateError, which has no message of its own.
  return { code: String(code ?? ''), message: cause.message || String(code) }
}

/** Codes of sockets, of mysql2, and of a server that was told to end this session. */
const lostCodes = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ER_SERVER_SHUTDOWN',
  'ER_QUERY_INTERRUPTED',
  'ER_CONNECTION_KILLED',
  'ER_SESSION_WAS_KILLED',
  'ER_CLIENT_INTERACTION_TIMEOUT',
  'ER_NET_READ_ERROR',
  'ER_NET_READ_INTERRUPTED',
  'ER_NET_ERROR_ON_WRITE',
  'ER_NET_WRITE_INTERRUPTED',
])

function isLost({ code, message }: DriverFailure): boolean {
  return lostCodes.has(code) || message.endsWith('connection is in closed state')
}

const connectAdvice: Readonly<Record<string, string>> = {
  ECONNREFUSED: '; check the settings host and port, and that the server listens there',
  ENOTFOUND: '; check the setting host',
  EAI_AGAIN: '; the name service does not answer: check the setting host and the network',
  ETIMEDOUT: '; nothing answered: check the settings host and port, and firewalls',
  EHOSTUNREACH: '; check the setting host and the network',
  ENETUNREACH: '; check the setting host and the network',
  ER_ACCESS_DENIED_ERROR: '; check the settings user and password',
  ER_DBACCESS_DENIED_ERROR: '; check the setting database, or GRANT SELECT on it',
  ER_BAD_DB_ERROR: '; check the setting database',
  ER_HOST_NOT_PRIVILEGED: '; the server lets no user in from this host',
  ER_CON_COUNT_ERROR: '; raise max_connections or try again later',
  ER_SECURE_TRANSPORT_REQUIRED: '; set ssl to true',
  HANDSHAKE_NO_SSL_SUPPORT: '; the server does not encrypt: set ssl to false',
}

function tlsAdvice(message: string): string {
  if (/altnames/.test(message))
    return '; set internal_hostname to a name of the certificate, or check_hostname to false'
  if (/certificate|issuer/.test(message)) return '; set ssl_ca to the certificate authority, or verify_mode to false'
  return ''
}
