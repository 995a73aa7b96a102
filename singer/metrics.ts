import type { ProgramLog } from './log.js'

/** Counts what passed, per stream: metric lines each 60 s, the summary at the end, progress on a terminal. */
export interface Metrics {
  /**
   * Of a tap's messages the program counts itself, a target counts what goes into its objects.
   * `bytes`: of the RECORD lines (taps), of the objects' content before compression (targets).
   */
  count(stream: string, records: number, bytes: number): void
}

export interface StreamTotals {
  readonly stream: string
  readonly records: number
  readonly bytes: number
  /** Up to the last count: from a first one without records, else from the last one of any stream. */
  readonly seconds: number
}

export interface ProgramMetrics extends Metrics {
  /** Counted so far. */
  records(stream: string): number
  /** In the order in which the streams began. */
  totals(): readonly StreamTotals[]
  /** One `record_count` line per stream: how many since its last line. */
  report(): void
}

export function createMetrics(log: ProgramLog): ProgramMetrics {
  const counters = new Map<string, Counter>()
  let counted = performance.now()
  const report = () => {
    for (const [stream, counter] of counters) reportCounter(stream, counter, log)
  }
  setInterval(report, 60_000).unref()
  return {
    count(stream, records, bytes) {
      const now = performance.now()
      const since = records === 0 ? now : counted
      const counter = counters.get(stream) ?? { records: 0, bytes: 0, since, until: now, reported: undefined }
      counter.records += records
      counter.bytes += bytes
      counter.until = now
      counted = now
      counters.set(stream, counter)
    },
    records: (stream) => counters.get(stream)?.records ?? 0,
    totals: () =>
      [...counters].map(([stream, { records, bytes, since, until }]) => {
        return { stream, records, bytes, seconds: (until - since) / 1000 }
      }),
    report,
  }
}

interface Counter {
  records: number
  bytes: number
  readonly since: number
  until: number
  /** As of the last metric line; undefined before the first. */
  reported: number | undefined
}

function reportCounter(stream: string, counter: Counter, log: ProgramLog): void {
  if (counter.reported === counter.records) return
  const value = counter.records - (counter.reported ?? 0)
  counter.reported = counter.records
  log.metric({ type: 'counter', metric: 'record_count', value, tags: { stream } })
}
