import type { StatePace } from '../singer/state-clock.js'

/** How often reading can go on from somewhere, and how long it tries to. */
export interface Pace extends StatePace {
  /** Times in a row that reading may fail without any progress. With the waits between them a primary can be elected. */
  readonly attempts: number
  /** Before the second attempt, on average; see singer/retry.ts. */
  readonly firstWaitMs: number
  /** A change stream without events gives a STATE this often. */
  readonly idleStateSeconds: number
}

export const usualPace: Pace = {
  stateRows: 50_000,
  stateSeconds: 1,
  attempts: 8,
  firstWaitMs: 200,
  idleStateSeconds: 30,
}
