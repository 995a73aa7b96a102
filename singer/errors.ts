/** What was being done, to which object, what happened, what to do. Never a secret, never a row's value. */
export class SingerError extends Error {
  override name = 'SingerError'
  readonly exitCode: number = 1
}

/** Settings, command line or files that the user gave: exit 2. One line per problem. */
export class ConfigError extends SingerError {
  override name = 'ConfigError'
  override readonly exitCode = 2
}

/** The other end of the pipe broke the Singer protocol. */
export class ProtocolError extends SingerError {
  override name = 'ProtocolError'
}

/** The source refused, vanished, or holds what cannot be sent. */
export class SourceError extends SingerError {
  override name = 'SourceError'
}

/** The place where a target writes refused or vanished. */
export class TargetError extends SingerError {
  override name = 'TargetError'
}

/** One line for people: the message, or what an AggregateError holds, or whatever was thrown. */
export function problemText(problem: unknown): string {
  if (problem instanceof AggregateError && problem.message === '') {
    return [...new Set(problem.errors.map(problemText))].join('; ')
  }
  return problem instanceof Error ? problem.message : String(problem)
}
