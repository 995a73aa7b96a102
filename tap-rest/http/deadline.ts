import type { ConnectionPlan } from '../settings/plan.js'

/** Ends a request whose headers do not come, or with the outer signal. */
export interface Deadline {
  readonly signal: AbortSignal
  /** The promise, unless the signal is aborted before: undici looks at it only when there is a connection. */
  race<T>(promise: Promise<T>): Promise<T>
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
  const { signal } = controller
  const abort = () => controller.abort(outer.reason)
  const timer = setTimeout(() => controller.abort(new NoHeadersError()), timeoutMs.connect + timeoutMs.headers + 1_000)
  outer.addEventListener('abort', abort)
  return {
    signal,
    race: (promise) => Promise.race([promise, aborted(signal)]),
    met: () => clearTimeout(timer),
    close() {
      clearTimeout(timer)
      outer.removeEventListener('abort', abort)
    },
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

class NoHeadersError extends Error {
  readonly code = 'UND_ERR_HEADERS_TIMEOUT'
}
