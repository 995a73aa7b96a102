import { isObject, type Json, type JsonObject, jsonText } from './json.js'
import { type Level, levels, logSettings } from './log-settings.js'
import { createRedaction } from './redaction.js'

/** Fixed message, fields for the rest. Written to stderr; secrets of the settings are redacted by value. */
export interface Log {
  debug(message: string, fields?: JsonObject): void
  info(message: string, fields?: JsonObject): void
  warning(message: string, fields?: JsonObject): void
  critical(message: string, fields?: JsonObject): void
  /** From now on none of these texts stands in a line, in whatever spelling: passwords, and tokens got on the way. */
  redact(secrets: Iterable<string>): void
}

/** What only the program itself may do with its log. */
export interface ProgramLog extends Log {
  /** Text, and not of warnings alone: a terminal may show tables beside it. */
  readonly isForPeople: boolean
  metric(metric: JsonObject): void
  /** From now on lines go here; each ends with a line feed. */
  writeTo(sink: (line: string) => void): void
}

export function createLog(name: string, env: NodeJS.ProcessEnv): ProgramLog {
  const settings = logSettings(name, env)
  const redaction = createRedaction()
  const lineOf = settings.isStructured ? structuredLines(name) : textLine
  let sink: (line: string) => void = (line) => process.stderr.write(line)
  const write = (level: Level, message: string, fields: JsonObject = {}, metric?: JsonObject) => {
    if (levels.indexOf(level) < levels.indexOf(settings.level)) return
    const safe = redaction.value(fields)
    sink(`${lineOf({ level, message: redaction.text(message), fields: isObject(safe) ? safe : {}, metric })}\n`)
  }
  return {
    isForPeople: !settings.isStructured && levels.indexOf(settings.level) <= levels.indexOf('info'),
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warning: (message, fields) => write('warning', message, fields),
    critical: (message, fields) => write('critical', message, fields),
    metric: (metric) => write('info', 'METRIC', {}, metric),
    redact: (secrets) => redaction.add(secrets),
    writeTo: (other) => {
      sink = other
    },
  }
}

interface Entry {
  readonly level: Level
  readonly message: string
  readonly fields: JsonObject
  readonly metric: JsonObject | undefined
}

/** Singer's own style, one line each: regular expressions of runners begin with `^INFO METRIC: `. */
function textLine({ level, message, fields, metric }: Entry): string {
  const text = metric ? `METRIC: ${jsonText(metric)}` : [message, ...Object.entries(fields).map(pair)].join(' ')
  return `${level.toUpperCase()} ${text.replace(/\p{Cc}+/gu, ' ')}`
}

function pair([key, value]: [string, Json]): string {
  const isPlain = typeof value === 'string' && /^[^\s"=]+$/.test(value)
  return `${key}=${isPlain ? value : jsonText(value)}`
}

/**
 * Meltano takes a line as structured only if it holds these eight keys, and refuses an `extra` that is no object.
 * https://github.com/meltano/meltano/blob/main/src/meltano/core/logging/parsers.py
 */
function structuredLines(name: string): (entry: Entry) => string {
  return ({ level, message, fields: { stream = null, ...extra }, metric }) =>
    jsonText({
      level,
      pid: process.pid,
      logger_name: name,
      ts: Date.now() / 1000,
      thread_name: 'MainThread',
      app_name: name,
      stream_name: stream,
      message,
      ...(Object.keys(extra).length > 0 && { extra }),
      ...(metric && { metric_info: metric }),
    })
}
