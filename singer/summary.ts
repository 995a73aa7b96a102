import type { ProgramLog } from './log.js'
import type { ProgramMetrics, StreamTotals } from './metrics.js'

/** For people a table, for everybody else one line and one metric per stream. */
export function printSummary(done: string, metrics: ProgramMetrics, log: ProgramLog): void {
  const totals = metrics.totals()
  if (process.stderr.isTTY && log.isForPeople) {
    if (totals.length > 0) process.stderr.write(summaryTable(totals))
    return
  }
  metrics.report()
  for (const total of totals) {
    const { stream, records, bytes, seconds } = total
    log.info(done, { stream, rows: records, bytes, rows_per_second: rate(total), seconds: rounded(seconds) })
  }
}

/** A row per stream, and one for all of them when there are several. */
export function summaryTable(totals: readonly StreamTotals[]): string {
  const rows = [['stream', 'rows', 'bytes', 'rows/s', 'duration'], ...totals.map(cells)]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const lines = rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
  )
  return lines.map((line) => `${line.join('  ')}\n`).join('')
}

/** Rows, size and speed of a stream, in words. */
function cells(total: StreamTotals): string[] {
  const { stream, records, bytes, seconds } = total
  return [stream, grouped(records), sizeText(bytes), grouped(rate(total)), `${rounded(seconds)} s`]
}

export function sizeText(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3))
  return power === 0 ? `${bytes} B` : `${(bytes / 1000 ** power).toFixed(1)} ${'kMGT'[power - 1]}B`
}

export function grouped(value: number): string {
  return value.toLocaleString('en-US')
}

/** Rows per second; a stream of one block took no time at all. */
export function rate({ records, seconds }: StreamTotals): number {
  return Math.round(records / Math.max(seconds, 0.001))
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
