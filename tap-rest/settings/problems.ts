import { ConfigError, problemText } from '../../singer/errors.js'

/** What is wrong with the settings, gathered: whoever reads them goes on, so that all of it is told at once. */
export class Problems {
  readonly lines: string[] = []

  /** `place`: `streams.issues.path`. */
  add(place: string, text: string): void {
    this.lines.push(`${place}: ${text}`)
  }

  /** What `read` gives; undefined when it throws a ConfigError, which is a problem per line at that place. */
  attempt<T>(place: string, read: () => T): T | undefined {
    try {
      return read()
    } catch (problem) {
      if (!(problem instanceof ConfigError)) throw problem
      for (const line of problemText(problem).split('\n')) this.add(place, line)
      return undefined
    }
  }

  /** @throws ConfigError with a line per problem, the first of those that say the same. */
  throwIfAny(): void {
    if (this.lines.length === 0) return
    const byMeaning = new Map([...this.lines].reverse().map((line) => [meaningOf(line), line]))
    throw new ConfigError([...byMeaning.values()].reverse().join('\n'))
  }
}

/** A variable that is missing is one problem, in however many streams. */
function meaningOf(line: string): string {
  return /the variable \S+ of the environment is not set$/.exec(line)?.[0] ?? line
}
