import { createLog, type ProgramLog } from '../../singer/log.js'

export interface RecordedLog extends ProgramLog {
  readonly lines: string[]
}

/** A real log whose lines stay here. */
export function recordedLog(env: NodeJS.ProcessEnv = {}): RecordedLog {
  const log = createLog('tap-x', env)
  const lines: string[] = []
  log.writeTo((line) => lines.push(line.trimEnd()))
  return { ...log, lines }
}
