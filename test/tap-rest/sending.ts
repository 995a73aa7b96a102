import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Context, Json, JsonObject } from '../../singer/index.js'
import { parseJson } from '../../singer/index.js'
import type { Auth } from '../../tap-rest/auth/auth.js'
import type { Answer, Client, SendPolicy } from '../../tap-rest/http/client.js'
import { openClient } from '../../tap-rest/http/client.js'
import type { HttpRequest } from '../../tap-rest/http/http.js'
import type { Expression, Facts } from '../../tap-rest/settings/expression.js'
import type { ConnectionPlan, ErrorRule } from '../../tap-rest/settings/plan.js'

export interface TestServer {
  readonly url: string
  readonly host: string
  readonly port: number
  /** `METHOD /path?query` of each request so far. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

export type Respond = (request: IncomingMessage, response: ServerResponse, count: number) => unknown

/** A server of `node:http` on loopback; `count` is 1 for its first request. */
export async function serve(respond: Respond): Promise<TestServer> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    void respond(request, response, requests.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function bodyOf(stream: IncomingMessage | Socket): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks).toString()))
  })
}

export interface LoggedLine {
  readonly level: 'debug' | 'info' | 'warning' | 'critical'
  readonly message: string
  readonly fields: JsonObject
}

export interface TestContext extends Context {
  readonly lines: readonly LoggedLine[]
}

/** A context whose log can be read. */
export function testContext(signal: AbortSignal = new AbortController().signal): TestContext {
  const lines: LoggedLine[] = []
  const at =
    (level: LoggedLine['level']) =>
    (message: string, fields: JsonObject = {}) => {
      lines.push({ level, message, fields })
    }
  const log = { debug: at('debug'), info: at('info'), warning: at('warning'), critical: at('critical'), redact() {} }
  return { log, lines, signal, metrics: { count: () => undefined } }
}

export function connectionTo(baseUrl: string, more: Partial<ConnectionPlan> = {}): ConnectionPlan {
  return {
    baseUrl,
    allowHosts: [],
    blockPrivateNetworks: false,
    timeoutMs: { connect: 2_000, headers: 2_000, bodyIdle: 2_000 },
    maxResponseBytes: 1 << 20,
    userAgent: 'tap-rest/test',
    tls: {},
    secrets: [],
    ...more,
  }
}

export function policyOf(more: Partial<SendPolicy> = {}): SendPolicy {
  return {
    stream: 'issues',
    isSafe: true,
    auth: { kind: 'none' },
    retry: { attempts: 3, firstMs: 5, maxMs: 20, maxWaitMs: 5_000, extraMs: 0 },
    errors: [],
    body: (response) => parseJson(response.body.toString()),
    ...more,
  }
}

export const noAuth: Auth = {
  authorize: async (request) => ({ request, generation: 1 }),
  renew: async () => false,
}

/** Bearer tokens `token-1`, `token-2`, …: each renewal gives the next one, to all who held the one before. */
export function bearerAuth(): Auth & { readonly renewals: () => number } {
  let generation = 1
  return {
    authorize: async (request) => ({
      request: { ...request, headers: { ...request.headers, authorization: `Bearer token-${generation}` } },
      generation,
    }),
    async renew(authorized) {
      if (authorized.generation === generation) generation++
      return true
    },
    renewals: () => generation - 1,
  }
}

export function get(url: string, headers: Readonly<Record<string, string>> = {}): HttpRequest {
  return { method: 'GET', url: new URL(url), headers }
}

/** A rule whose condition is a function: expressions have tests of their own. */
export function rule(then: ErrorRule['then'], text: string, evaluate: (facts: Facts) => Json): ErrorRule {
  const when: Expression = { text, needsBody: text.includes('body'), evaluate }
  return { when, then }
}

export interface Sent {
  readonly answer?: Answer
  readonly failure?: Error
  readonly lines: readonly LoggedLine[]
  readonly ms: number
}

export interface Circumstances {
  readonly connection?: Partial<ConnectionPlan>
  readonly policy?: Partial<SendPolicy>
  readonly auth?: Auth
  readonly signal?: AbortSignal
}

/** Sends one request with a client of its own. */
export async function send(request: HttpRequest, circumstances: Circumstances = {}): Promise<Sent> {
  return withClient(request.url.origin, circumstances, async (client, context) => {
    const began = performance.now()
    const ended = () => ({ lines: context.lines, ms: performance.now() - began })
    try {
      return { answer: await client.send(request, policyOf(circumstances.policy)), ...ended() }
    } catch (problem) {
      return { failure: problem instanceof Error ? problem : new Error(String(problem)), ...ended() }
    }
  })
}

export async function withClient<T>(
  baseUrl: string,
  { connection, auth = noAuth, signal }: Circumstances,
  use: (client: Client, context: TestContext) => Promise<T>,
): Promise<T> {
  const context = testContext(signal)
  const client = openClient(connectionTo(baseUrl, connection), { context, authOf: () => auth })
  try {
    return await use(client, context)
  } finally {
    await client.close()
  }
}
