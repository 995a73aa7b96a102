import { fstatSync } from 'node:fs'
import type { ProgramLog } from './log.js'
import type { ProgramMetrics } from './metrics.js'
import { summaryTable } from './summary.js'

export interface Progress {
  close(): void
}

const refreshMs = 200

/** A live table below the log, on a terminal only. */
export async function openProgress(log: ProgramLog, metrics: ProgramMetrics): Promise<Progress> {
  if (!process.stderr.isTTY || !log.isForPeople || sharesTerminal()) return { close: () => undefined }
  const { createLogUpdate } = await import('log-update')
  const screen = createLogUpdate(process.stderr, { showCursor: true })
  const show = () => {
    const totals = metrics.totals()
    if (totals.length > 0) screen(summaryTable(totals))
  }
  log.writeTo((line) => {
    screen.clear()
    process.stderr.write(line)
    show()
  })
  const timer = setInterval(show, refreshMs).unref()
  return {
    close() {
      clearInterval(timer)
      screen.clear()
      log.writeTo((line) => process.stderr.write(line))
    },
  }
}

/** In `tap | target` both have the same terminal, and only the last one may move its cursor. */
function sharesTerminal(): boolean {
  const stdout = fstatSync(1)
  return stdout.isFIFO() || stdout.isSocket()
}
