import type { ConnectionPlan } from './plan.js'

/** Ends a request whose headers do not come, or with the outer signal. */
export interface Deadline {
  readonly signal: AbortSignal
  /** The headers are here: from now on the outer signal alone ends it. */
  met(): void
  /** To be called in the end, whatever it is. */
  close(): void
}

/**
 * Later than undici's own limits, which name what was late: it knows none for the answer of a proxy to CONNECT. Fails
 * with the outer signal's reason when that is aborted already.
 */
export function startDeadline({ timeoutMs }: ConnectionPlan, outer: AbortSignal): Deadline {
  outer.throwIfAborted()
  const controller = new AbortController()
  const abort = () => controller.abort(outer.reason)
  const timer = setTimeout(() => controller.abort(new NoHeadersError()), timeoutMs.connect + timeoutMs.headers + 1_000)
  outer.addEventListener('abort', abort)
  return {
    signal: controller.signal,
    met: () => clearTimeout(timer),
    close() {
      clearTimeout(timer)
      outer.removeEventListener('abort', abort)
    },
  }
}

class NoHeadersError extends Error {
  readonly code = 'UND_ERR_HEADERS_TIMEOUT'
}
