import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { type ApiAnswer, type ApiCall, jsonAnswer } from './api-call.js'

/** What goes wrong with an answer. */
export type Fault =
  /** This answer instead of the real one. */
  | { readonly answer: ApiAnswer }
  /** The real answer, changed. */
  | { readonly edit: (answer: ApiAnswer, call: ApiCall) => ApiAnswer }
  /** The status line comes late, or with Infinity never. */
  | { readonly headersAfterMs: number }
  /** Half the body, then a pause, then the rest; with Infinity never. */
  | { readonly pauseMs: number }
  /** The connection dies before the status line, or after half of the body. */
  | 'refuse'
  | 'reset'

export interface FaultRule {
  /** Only requests to this path (all without it) ... */
  readonly path?: string
  /** ... of which so many pass untouched before the first that fails; 0 by default. */
  readonly after?: number
  /** How many fail; all of them without it. */
  readonly times?: number
  readonly fault: Fault
}

export const status = (code: number, headers: Record<string, string> = {}, body = `{"message":"${code}"}`): Fault => ({
  answer: { ...jsonAnswer(body, headers), status: code },
})
export const noContent: Fault = { answer: { status: 204 } }
export const tooMany = (seconds: number): Fault => status(429, { 'retry-after': String(seconds) })
/** GitHub's way: no 429, but nothing left. */
export const forbiddenUntil = (epochSeconds: number): Fault =>
  status(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(epochSeconds) })
export const errorIn200: Fault = status(200, {}, '{"ok":false,"error":"ratelimited"}')
export const redirect = (location: string, code = 302): Fault => status(code, { location }, '')
export const contentType = (type: string): Fault => ({
  edit: (answer) => ({ ...answer, headers: { ...answer.headers, 'content-type': type } }),
})

const encoders = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync, 'deflate-raw': deflateRawSync }

/** The body compressed; `deflate-raw` says `deflate`, as some servers do. */
export const encoded = (encoding: keyof typeof encoders): Fault => ({
  edit: (answer) => ({
    ...answer,
    headers: { ...answer.headers, 'content-encoding': encoding.replace('-raw', '') },
    body: encoders[encoding](Buffer.from(answer.body ?? '')),
  }),
})
/** The page's body grown to at least this many bytes, still JSON. */
export const oversized = (bytes: number): Fault => ({
  edit: (answer) => ({ ...answer, body: `${answer.body ?? ''}${' '.repeat(bytes)}` }),
})

/** The fault of each request in turn. Of several rules for a path the first that applies; the later ones have not seen it. */
export function faultsOf(rules: readonly FaultRule[]): (call: ApiCall) => Fault | undefined {
  const seen = new Map<FaultRule, number>()
  return (call) => {
    for (const rule of rules) {
      if (rule.path !== undefined && rule.path !== call.path) continue
      const count = (seen.get(rule) ?? 0) + 1
      seen.set(rule, count)
      const first = rule.after ?? 0
      if (count > first && count <= first + (rule.times ?? Number.POSITIVE_INFINITY)) return rule.fault
    }
    return undefined
  }
}

/** Sends what the endpoint says, with this fault. A wait ends when the connection does. */
export async function reply(response: ServerResponse, answer: ApiAnswer, fault: Fault | undefined): Promise<void> {
  if (fault === 'refuse') {
    response.destroy()
    return
  }
  const { status: code = 200, headers = {} } = answer
  const body = Buffer.from(answer.body ?? '')
  if (typeof fault === 'object' && 'headersAfterMs' in fault) await pause(response, fault.headersAfterMs)
  response.writeHead(code, { ...headers, ...(body.length > 0 && { 'content-length': body.length }) })
  if (fault === 'reset') {
    response.write(body.subarray(0, body.length / 2), () => response.destroy())
    return
  }
  if (typeof fault === 'object' && 'pauseMs' in fault) {
    response.write(body.subarray(0, body.length / 2))
    await pause(response, fault.pauseMs)
    response.end(body.subarray(body.length / 2))
    return
  }
  response.end(body)
}

async function pause(response: ServerResponse, ms: number): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  // setTimeout takes no more than 2^31 - 1 ms.
  await sleep(Math.min(ms, 2 ** 31 - 1), undefined, { signal: gone.signal }).catch(() => undefined)
}
