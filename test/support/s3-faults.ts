import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, errorXml, memoryBucket, type Operation, operationOf, type StoredObject } from './s3-memory.js'

export type { Operation } from './s3-memory.js'

/** What goes wrong, instead of or after the real work. */
export type Fault =
  /** An error answer, nothing done: `{ status: 503, code: 'SlowDown' }`. */
  | { readonly status: number; readonly code: string }
  /** The answer comes late. */
  | { readonly delayMs: number }
  /** `reset`: the connection dies while the body is still on its way; nothing is done. */
  | 'reset'
  /** Nothing is done, and nothing answered. */
  | 'silence'
  /** The work is done, and the reply lost. */
  | 'lost reply'
  /** The work is done; the reply breaks off in the middle. */
  | 'truncated reply'
  /** Status 200 with an error document in the body, nothing done. */
  | 'error in 200'
  /** Status 200 with a page, nothing done: something else than S3 answers. */
  | 'page in 200'

export interface FaultRule {
  readonly operation: Operation
  /** Of UploadPart: only this part. */
  readonly part?: number
  /** How many requests pass untouched before the first that fails; 0 by default. */
  readonly after?: number
  /** How many requests fail; all of them without it. */
  readonly times?: number
  readonly fault: Fault
}

export interface S3Request {
  readonly operation: Operation
  readonly key: string
  readonly headers: IncomingMessage['headers']
  readonly query: URLSearchParams
  readonly bytes: number
}

export interface FaultServer {
  readonly endpoint: string
  /** Every request, in the order of arrival, also those that failed. */
  readonly requests: readonly S3Request[]
  readonly objects: ReadonlyMap<string, StoredObject>
  /** Multipart uploads that are neither completed nor aborted. */
  readonly openUploads: number
  /** How many parts were under way at the busiest time. */
  readonly mostPartsAtOnce: number
  count(operation: Operation): number
  /** As a killed run does. */
  leaveUpload(key: string, initiated: Date): void
  close(): Promise<void>
}

/** An S3 of one bucket in memory that fails by rule. It checks no signature: the strict server of `s3.ts` does. */
export async function startFaultServer(rules: readonly FaultRule[] = []): Promise<FaultServer> {
  const bucket = memoryBucket()
  const requests: S3Request[] = []
  const faults = rules.map((rule) => faultCounter(rule))
  let underWay = 0
  let mostPartsAtOnce = 0
  const server = createServer((request, response) => {
    if (operationOf(request).operation === 'UploadPart') {
      mostPartsAtOnce = Math.max(mostPartsAtOnce, ++underWay)
      response.once('close', () => underWay--)
    }
    void answer(request, response).catch(() => response.destroy())
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { operation, key, query } = operationOf(request)
    const fault = faults.map((next) => next(operation, query)).find((found) => found !== undefined)
    if (fault === 'reset') {
      requests.push({ operation, key, query, headers: request.headers, bytes: 0 })
      request.once('data', () => request.socket.destroy())
      return
    }
    const body = await buffer(request)
    requests.push({ operation, key, query, headers: request.headers, bytes: body.length })
    if (fault === 'silence') return
    await reply(response, fault, () => bucket.perform({ operation, key, query, headers: request.headers, body }))
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    requests,
    objects: bucket.objects,
    get openUploads() {
      return bucket.uploads.size
    },
    get mostPartsAtOnce() {
      return mostPartsAtOnce
    },
    count: (operation) => requests.filter((request) => request.operation === operation).length,
    leaveUpload(key, initiated) {
      bucket.uploads.set(`left-${bucket.uploads.size}`, { key, initiated, headers: {}, parts: new Map() })
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function faultCounter(rule: FaultRule): (operation: Operation, query: URLSearchParams) => Fault | undefined {
  let seen = 0
  const first = rule.after ?? 0
  return (operation, query) => {
    if (operation !== rule.operation) return undefined
    if (rule.part !== undefined && query.get('partNumber') !== String(rule.part)) return undefined
    seen++
    return seen > first && seen <= first + (rule.times ?? Number.POSITIVE_INFINITY) ? rule.fault : undefined
  }
}

async function reply(response: ServerResponse, fault: Fault | undefined, perform: () => Answer): Promise<void> {
  if (fault === 'error in 200') return send(response, { status: 200, body: errorXml('InternalError') })
  if (fault === 'page in 200')
    return send(response, { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>Welcome</p>' })
  if (typeof fault === 'object' && 'status' in fault)
    return send(response, { status: fault.status, body: errorXml(fault.code) })
  const done = perform()
  if (fault === 'lost reply') {
    response.destroy()
    return
  }
  if (fault === 'truncated reply') {
    response.writeHead(done.status, { ...done.headers, 'content-length': (done.body?.length ?? 0) + 100 })
    response.write(`${done.body ?? ''}<`, () => response.destroy())
    return
  }
  if (typeof fault === 'object') await sleep(fault.delayMs)
  send(response, done)
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { 'x-amz-request-id': 'test', ...headers })
  response.end(body ?? '')
}
