/** How often reading can go on from somewhere, and how long it tries to. */
export interface Pace {
  /** Rows of one SELECT of a table that is read by its key: each one costs the server, and frees its read view. */
  readonly chunkRows: number
  /** Between two states. */
  readonly stateRows: number
  /** Between two states while rows flow. */
  readonly stateSeconds: number
  /** Connections in a row that may be lost without any progress. With the waits between them a server can restart. */
  readonly connections: number
}

export const usualPace: Pace = { chunkRows: 1_000_000, stateRows: 50_000, stateSeconds: 1, connections: 8 }

/** Told of the rows that were sent, it says when a state is due. */
export function stateClock({ stateRows, stateSeconds }: Pace): (rows: number) => boolean {
  let rowsSince = 0
  let last = performance.now()
  return (rows) => {
    rowsSince += rows
    const isDue = rowsSince >= stateRows || performance.now() - last >= stateSeconds * 1000
    if (isDue) {
      rowsSince = 0
      last = performance.now()
    }
    return isDue
  }
}
