import { setTimeout as sleep } from 'node:timers/promises'

export interface RetryOptions {
  /** Only such failures are worth another attempt; also the place to log them. */
  isRetryable(problem: unknown, attempt: number): boolean
  /** Ends the waiting, with its reason. */
  readonly signal: AbortSignal
  /** All of them, the first one included. */
  readonly attempts?: number
  /** Before the second attempt, on average; doubles from attempt to attempt, up to `maxMs`. */
  readonly firstMs?: number
  readonly maxMs?: number
}

export type BackoffOptions = Pick<RetryOptions, 'signal' | 'firstMs' | 'maxMs'>

/** The result of the first attempt that succeeds, else the failure of the last one. */
export async function retry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { isRetryable, signal, attempts = 5 } = options
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted()
    try {
      return await work(attempt)
    } catch (problem) {
      if (signal.aborted || attempt >= attempts || !isRetryable(problem, attempt)) throw problem
    }
    await backoff(attempt, options)
  }
}

/**
 * Waits after this attempt, the first being 1: between a half and one and a half of the time, so that many who failed
 * together do not come back together. Fails with the signal's reason.
 */
export async function backoff(attempt: number, options: BackoffOptions): Promise<void> {
  const { signal, firstMs = 200, maxMs = 30_000 } = options
  const ms = Math.min(maxMs, firstMs * 2 ** (attempt - 1))
  try {
    await sleep(ms * (0.5 + Math.random()), undefined, { signal })
  } catch {
    signal.throwIfAborted()
  }
}
