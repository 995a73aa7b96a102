import { Gate } from '../../singer/gate.js'
import type { Log } from '../../singer/log.js'
import type { Rate } from '../settings/plan.js'
import { orAborted, waitFor } from './wait.js'

/** When requests may be sent, over all streams of a run. */
export interface Limits {
  /** Resolves when it is this request's turn; the function that it gives must be called when the request is over. */
  turn(asker: Asker): Promise<() => void>
  /** Nobody's turn comes before this many ms have passed. */
  pause(asker: Asker, ms: number): void
}

export interface Asker {
  readonly stream: string
  readonly host: string
  readonly rate?: Rate
  /** Ends the waiting, with its reason. */
  readonly signal: AbortSignal
  /** Called with the ms of a pause that is on; throws when that is too long for it. */
  accept(ms: number): void
}

export function createLimits(log: Log): Limits {
  const pauses = createPauses(log)
  const gates = new Map<string, Gate>()
  const buckets = new Map<string, Bucket>()
  return {
    async turn(asker) {
      const gate = gateOf(gates, asker)
      if (gate) await enter(gate, asker.signal)
      try {
        await pauses.pass(asker)
        await waitFor(bucketOf(buckets, asker)?.take() ?? 0, asker.signal)
        await pauses.pass(asker)
      } catch (problem) {
        gate?.leave()
        throw problem
      }
      return () => gate?.leave()
    },
    pause: pauses.set,
  }
}

/** Who gives up keeps its place in the queue, and leaves as soon as it is in. */
async function enter(gate: Gate, signal: AbortSignal): Promise<void> {
  const entered = gate.enter()
  try {
    await orAborted(entered, signal)
  } catch (problem) {
    void entered.then(() => gate.leave())
    throw problem
  }
}

interface Bucket {
  /** Takes a token; gives the ms after which it is there. Those who ask first get theirs first. */
  take(): number
}

/** Virtual scheduling: one moment instead of a count of tokens. https://www.rfc-editor.org/rfc/rfc2697 in a clock's terms. */
function createBucket({ perSecond, burst }: Rate): Bucket {
  const interval = 1000 / perSecond
  let full = 0
  return {
    take() {
      const now = performance.now()
      full = Math.max(full, now) + interval
      return Math.max(0, full - now - Math.max(1, burst) * interval)
    },
  }
}

function createPauses(log: Log) {
  const ends = new Map<string, number>()
  return {
    set(asker: Asker, ms: number): void {
      ends.set(scopeOf(asker), Math.max(ends.get(scopeOf(asker)) ?? 0, performance.now() + ms))
    },
    async pass(asker: Asker): Promise<void> {
      for (let left = leftOf(asker); left > 0; left = leftOf(asker)) {
        asker.accept(left)
        log.info('waiting for the rate limit', {
          stream: asker.stream,
          host: asker.host,
          seconds: Math.ceil(left / 1000),
        })
        // Timers may fire a moment early.
        await waitFor(Math.ceil(left) + 1, asker.signal)
      }
    },
  }

  function leftOf(asker: Asker): number {
    return (ends.get(scopeOf(asker)) ?? 0) - performance.now()
  }
}

function scopeOf({ host, rate }: Asker): string {
  return rate?.scope ?? host
}

/** Streams of one scope share it; one that has another rate of its own keeps to that. */
function bucketOf(buckets: Map<string, Bucket>, asker: Asker): Bucket | undefined {
  const { rate } = asker
  if (!rate || !Number.isFinite(rate.perSecond)) return undefined
  return getOr(buckets, `${scopeOf(asker)} ${rate.perSecond} ${rate.burst}`, () => createBucket(rate))
}

function gateOf(gates: Map<string, Gate>, asker: Asker): Gate | undefined {
  const places = asker.rate?.concurrency
  if (places === undefined) return undefined
  return getOr(gates, `${scopeOf(asker)} ${places}`, () => new Gate(places))
}

function getOr<T>(values: Map<string, T>, key: string, create: () => T): T {
  const value = values.get(key) ?? create()
  values.set(key, value)
  return value
}
