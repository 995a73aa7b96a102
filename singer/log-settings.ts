import { readFileSync } from 'node:fs'

export const levels = ['debug', 'info', 'warning', 'critical'] as const
export type Level = (typeof levels)[number]

export interface LogSettings {
  readonly level: Level
  /** Meltano's JSON lines in place of text. */
  readonly isStructured: boolean
}

/** The level is the first of `<PLUGIN>_LOGLEVEL`, `LOGLEVEL` and the root's in the file that SINGER_SDK_LOG_CONFIG names. */
export function logSettings(plugin: string, env: NodeJS.ProcessEnv): LogSettings {
  const { level, formatters } = logConfig(env.SINGER_SDK_LOG_CONFIG)
  const own = env[`${plugin.replaceAll('-', '_').toUpperCase()}_LOGLEVEL`]
  const named = [own, env.LOGLEVEL, level].map(levelOf).find((each) => each !== undefined)
  return { level: named ?? 'info', isStructured: formatters.includes('StructuredFormatter') }
}

/** Python's names; its ERROR lies between our two highest levels, and the failures of streams must pass it. */
function levelOf(name: string | undefined): Level | undefined {
  const lower = name?.toLowerCase()
  if (lower === 'warn') return 'warning'
  if (lower === 'error' || lower === 'fatal') return 'critical'
  return lower === 'notset' ? 'debug' : levels.find((level) => level === lower)
}

/** A file that cannot be read, or is no JSON, asks for nothing: logging must not stop a run. */
function logConfig(path: string | undefined): { level?: string; formatters: string } {
  if (!path) return { formatters: '' }
  try {
    const { root, formatters } = JSON.parse(readFileSync(path, 'utf8'))
    return { level: String(root?.level), formatters: JSON.stringify(formatters ?? '') }
  } catch {
    return { formatters: '' }
  }
}
