import type { S3Client } from '@aws-sdk/client-s3'
import type { Log } from '../singer/log.js'
import { s3Code } from './s3-problems.js'

/** How long a service may say nothing. */
export interface Patience {
  /** During one attempt, while nothing is sent either. */
  readonly silenceMs: number
  /** After so many attempts without an answer a request has failed. */
  readonly attempts: number
}

/** S3 itself answers within seconds; what only stores the parts one behind the other takes longer to complete. */
export const usualPatience: Patience = { silenceMs: 30_000, attempts: 5 }

/** The SDK would repeat such requests as often as others, for minutes and without a word. */
export function watchSilence(client: S3Client, patience: Patience, log: Log): void {
  const relation = { name: 'silence', relation: 'after', toMiddleware: 'retryMiddleware', override: true } as const
  const middleware = <Args extends { request: unknown }, Answer>(next: (args: Args) => Promise<Answer>) =>
    watched(next, patience, log)
  client.middlewareStack.addRelativeTo(middleware, relation)
}

/** One request with all its attempts. */
function watched<Args extends { request: unknown }, Answer>(
  next: (args: Args) => Promise<Answer>,
  { attempts }: Patience,
  log: Log,
): typeof next {
  let silent = 0
  return async (args) => {
    const begun = performance.now()
    try {
      return await next(args)
    } catch (problem) {
      if (s3Code(problem) !== 'TimeoutError') throw problem
      silent++
      const endpoint = endpointOf(args.request)
      if (silent >= attempts) throw new SilenceError(`no answer from ${endpoint}, ${attempts} times`)
      const seconds = Math.round((performance.now() - begun) / 1000)
      log.warning('no answer from the service, trying again', { endpoint, seconds, attempt: silent + 1, of: attempts })
      throw problem
    }
  }
}

/** Not repeated by the SDK, which is why it holds no cause. */
class SilenceError extends Error {
  override name = 'SilenceError'
}

function endpointOf(request: unknown): string {
  if (typeof request !== 'object' || request === null || !('hostname' in request)) return 'S3'
  const { protocol, hostname, port }: { protocol?: unknown; hostname: unknown; port?: unknown } = request
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`
}
