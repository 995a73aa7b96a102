import type { SqlServer } from '../support/sql-server.js'

/** What one round of a soak has shown. */
export interface Report {
  readonly title: string
  readonly text: string
  readonly failed: boolean
}

export interface SoakOptions {
  readonly servers: readonly { readonly name: string; readonly server: () => Promise<SqlServer> }[]
  /** Size of a table: kill, memory. */
  readonly rows: number
  /** Rounds, or kills of each sort: kill, writers. */
  readonly rounds: number
}

/** Runs a round; a failure is a report, too, so that the next round has its turn. */
export async function reportOf(title: string, round: () => Promise<string>): Promise<Report> {
  const start = performance.now()
  try {
    const text = await round()
    return { title, text: `${text}, ${seconds(start)}`, failed: false }
  } catch (cause) {
    return { title, text: `LOST: ${cause instanceof Error ? cause.message : cause}`, failed: true }
  }
}

function seconds(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`
}
