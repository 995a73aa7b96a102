import type { StatePace } from '../singer/state-clock.js'

/** How often reading can go on from somewhere, and how long it tries to. */
export interface Pace extends StatePace {
  /** Rows of one SELECT of a table that is read by its key: each one costs the server, and frees its read view. */
  readonly chunkRows: number
  /** Connections in a row that may be lost without any progress. With the waits between them a server can restart. */
  readonly connections: number
}

export const usualPace: Pace = { chunkRows: 1_000_000, stateRows: 50_000, stateSeconds: 1, connections: 8 }
