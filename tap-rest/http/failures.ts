import { SourceError } from '../../singer/index.js'
import type { RetryPlan } from '../settings/plan.js'
import type { HttpRequest, HttpResponse } from './http.js'
import { urlText } from './url-text.js'

/** No complete answer came: the network, or the other end in the midst of it. Another attempt may get one. */
export class NoAnswerError extends SourceError {
  override name = 'NoAnswerError'
  /** False when the request has certainly not reached anybody. */
  readonly wasSent: boolean

  constructor(message: string, options: ErrorOptions & { wasSent: boolean }) {
    super(message, options)
    this.wasSent = options.wasSent
  }
}

/** `GET https://host/path?names`. */
export function requestText({ method, url }: HttpRequest): string {
  return `${method} ${urlText(url)}`
}

/** Why a request has no answer, from what undici, node:net, node:tls or node:zlib threw. */
export function noAnswer(request: HttpRequest, cause: unknown): SourceError {
  if (cause instanceof SourceError) return new SourceError(`${requestText(request)}: ${cause.message}`, { cause })
  const { code, message } = failureOf(cause)
  const text = `${requestText(request)}: ${words[code] ?? `${message}${tlsAdvice(code, message)}`}`
  if (!isPassing(code, message)) return new SourceError(text, { cause })
  return new NoAnswerError(text, { cause, wasSent: !isBeforeSending(cause, code) })
}

/** `answered 404 (x-request-id 5f)`. */
export function answerText({ status, headers }: HttpResponse): string {
  const name = requestIds.find((header) => headers[header])
  return `answered ${status}${name ? ` (${name} ${headers[name]})` : ''}`
}

/** What to do about an answer that no attempt and no rule made good. */
export function adviceFor(status: number): string {
  return advice[status] ?? (status >= 500 ? 'the service failed: run again later' : otherAdvice)
}

/** The server wants nothing to be sent for `ms`, and that is too long. */
export function tooLongWait(doing: string, ms: number, { maxWaitMs }: RetryPlan): SourceError {
  const end = new Date(Date.now() + ms).toISOString()
  return new SourceError(
    `${doing}: the limit of requests is reached until ${end}, in ${minutes(ms)}, and retry.max_wait is ${minutes(maxWaitMs)}; run again then, or raise it`,
  )
}

function minutes(ms: number): string {
  return ms < 120_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`
}

interface Failure {
  readonly code: string
  readonly message: string
}

function failureOf(cause: unknown): Failure {
  if (!(cause instanceof Error)) return { code: '', message: String(cause) }
  const { code = cause.name } = cause as Error & { readonly code?: unknown }
  // A host with several addresses fails with an AggregateError, which has no message of its own.
  return { code: knownCode(String(code)), message: cause.message || String(code) }
}

/** Brotli and zstd have a code for each way in which bytes can be wrong. */
function knownCode(code: string): string {
  return /^(ERR__ERROR_|ZSTD_)/.test(code) ? 'Z_DATA_ERROR' : code
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused; check base_url, and that the server listens there',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'nothing answered; check base_url, the network and firewalls',
  ENOTFOUND: 'the host name is unknown; check base_url',
  EAI_AGAIN: 'the name service does not answer; check base_url and the network',
  EHOSTUNREACH: 'no way to the host; check base_url and the network',
  ENETUNREACH: 'no way to the network of the host; check base_url and the network',
  UND_ERR_SOCKET: 'the connection was closed in the midst of it',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time; check base_url, the network and firewalls, or raise timeout.connect',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time; raise timeout.headers if the service needs longer',
  UND_ERR_BODY_TIMEOUT: 'the answer stalled; raise timeout.body_idle if the service needs longer',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer broke off: fewer or more bytes than its content-length',
  HPE_INVALID_EOF_STATE: 'the answer broke off',
  Z_BUF_ERROR: 'the compressed answer broke off',
  Z_DATA_ERROR: 'the compressed answer is damaged',
}

const beforeSending = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

function isPassing(code: string, message: string): boolean {
  if (code === 'UND_ERR_ABORTED') return /Proxy response \((5\d\d|429)\)/.test(message)
  return code in words || /^(HTTPParserError$|HPE_|Z_)/.test(code)
}

function isBeforeSending(cause: unknown, code: string): boolean {
  if (beforeSending.has(code) || cause instanceof AggregateError) return true
  return cause instanceof Error && 'syscall' in cause && cause.syscall === 'connect'
}

function tlsAdvice(code: string, message: string): string {
  if (/ALTNAME/.test(code)) return '; the certificate is for another name: check base_url'
  if (/_ALERT_/.test(code)) return '; the server refuses this end of TLS: check cert and key'
  if (/^ERR_OSSL_/.test(code)) return '; check the PEM texts of ca, cert and key'
  if (/certificate|issuer/.test(message)) return '; set ca to the certificate authority'
  return /^(EPROTO$|ERR_SSL_)/.test(code) ? '; no TLS there: check whether base_url begins with https or http' : ''
}

const requestIds = [
  'x-request-id',
  'request-id',
  'x-github-request-id',
  'x-amzn-requestid',
  'x-amz-request-id',
  'x-ms-request-id',
  'x-correlation-id',
  'x-trace-id',
  'cf-ray',
]

const why = '; LOGLEVEL=debug shows what the answer says'

const otherAdvice = `check the request, or excuse such answers with a rule in errors${why}`

const advice: Readonly<Record<number, string>> = {
  400: `check params, headers and body${why}`,
  401: 'check auth: the credentials are not accepted, or no longer',
  403: `check auth: the credentials do not suffice for this${why}`,
  404: 'check base_url and path, or excuse such answers with a rule in errors',
  405: 'check method',
  406: 'check the header accept',
  410: 'check base_url and path, or excuse such answers with a rule in errors',
  413: 'send less: check body and the size of pages',
  414: 'send less: check params and chunk',
  415: 'check body_type',
  422: `check params and body${why}`,
  429: 'lower rate or concurrency, or run again later',
}
