import { isUtf8 } from 'node:buffer'
import { setMaxListeners } from 'node:events'
import type { Dispatcher } from 'undici'
import { type Context, jsonText, SourceError } from '../../singer/index.js'
import type { ConnectionPlan } from '../settings/plan.js'
import { acceptEncoding, readBody } from './body.js'
import { startDeadline } from './deadline.js'
import { openDispatcher } from './dispatcher.js'
import { noAnswer } from './failures.js'
import type { HttpRequest, HttpResponse } from './http.js'
import { assertPublicTarget, hasProxy, type Resolve, systemResolve } from './private-networks.js'
import { encodeBody } from './request-body.js'

/** Requests as they stand: no credentials are added, nothing is repeated, no redirect followed. Connections are kept. */
export interface Transport {
  /**
   * The answer, whatever its status. Ends with the reason of the signal, by default that of the run.
   * @throws NoAnswerError when another attempt may get one; SourceError when none will.
   */
  send(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse>
  /** Ends what is still under way. */
  close(): Promise<void>
}

export function openTransport(
  connection: ConnectionPlan,
  context: Context,
  resolve: Resolve = systemResolve,
): Transport {
  // Each request under way listens, and there may be many.
  setMaxListeners(0, context.signal)
  let opened: Promise<Dispatcher> | undefined
  if (connection.blockPrivateNetworks && hasProxy(connection)) context.log.warning(proxyNotice)
  return {
    async send(request, signal = context.signal) {
      signal.throwIfAborted()
      try {
        if (connection.blockPrivateNetworks) await assertPublicTarget(request.url, connection, resolve)
        opened ??= openDispatcher(connection, resolve)
        return await exchange(await opened, request, { connection, signal })
      } catch (problem) {
        signal.throwIfAborted()
        throw noAnswer(request, problem)
      }
    },
    async close() {
      // Whoever sent has got to know why it did not open.
      const dispatcher = await opened?.catch(() => undefined)
      await dispatcher?.destroy()
    },
  }
}

const proxyNotice =
  'block_private_networks checks what names mean here; a proxy looks them up itself, and may find other addresses'

interface Circumstances {
  readonly connection: ConnectionPlan
  readonly signal: AbortSignal
}

async function exchange(
  dispatcher: Dispatcher,
  request: HttpRequest,
  { connection, signal }: Circumstances,
): Promise<HttpResponse> {
  const { url } = request
  const options = optionsOf(request, connection)
  const deadline = startDeadline(connection, signal)
  try {
    const response = await deadline.race(dispatcher.request({ ...options, signal: deadline.signal }))
    deadline.met()
    const headers = joined(response.headers)
    const body = await readBody(response.body, { headers, url, maxBytes: connection.maxResponseBytes })
    return { status: response.statusCode, headers, url, body }
  } finally {
    deadline.close()
  }
}

function optionsOf({ method, url, headers, body }: HttpRequest, { userAgent, timeoutMs }: ConnectionPlan) {
  const encoded = body && encodeBody(body)
  assertHeaders(headers)
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    headers: {
      accept: 'application/json, */*;q=0.8',
      'accept-encoding': acceptEncoding,
      'user-agent': userAgent,
      ...(encoded && { 'content-type': encoded.contentType }),
      ...headers,
    },
    body: encoded?.text ?? null,
    headersTimeout: timeoutMs.headers,
    bodyTimeout: timeoutMs.bodyIdle,
  }
}

/** What is beyond ASCII would arrive as other letters, if at all. */
function assertHeaders(headers: HttpRequest['headers']): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new SourceError(`the header name ${jsonText(name)} is none`)
    if (/^[\t\x20-\x7e]*$/.test(value)) continue
    throw new SourceError(
      `the value of the header ${name} holds a line feed or a letter beyond ASCII, which headers cannot carry: correct it, or encode it as the service wants it`,
    )
  }
}

function joined(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const lines: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) lines[name] = fromBytes(typeof value === 'string' ? value : value.join(', '))
  }
  return lines
}

/** As browsers do with a Location that is UTF-8: its bytes come as if they were Latin-1. */
function fromBytes(value: string): string {
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : value
}
