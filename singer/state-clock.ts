/** How often a stream under way gives a STATE: after this many records, or so many seconds while records flow. */
export interface StatePace {
  readonly stateRows: number
  readonly stateSeconds: number
}

/** Told of the records that were sent, it says when a state is due. */
export function stateClock({ stateRows, stateSeconds }: StatePace): (records: number) => boolean {
  let recordsSince = 0
  let last = performance.now()
  return (records) => {
    recordsSince += records
    const isDue = recordsSince >= stateRows || performance.now() - last >= stateSeconds * 1000
    if (isDue) {
      recordsSince = 0
      last = performance.now()
    }
    return isDue
  }
}
