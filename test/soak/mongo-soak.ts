import { mongoRound } from './mongo-round.js'
import { type Report, reportOf, type SoakOptions } from './report.js'

/** Change streams of a scripted server: whatever SQL servers there are. */
export async function* mongoSoak({ rows, rounds }: SoakOptions): AsyncGenerator<Report> {
  for (let round = 1; round <= rounds; round++) {
    yield await reportOf(`mongo: round ${round}`, () => mongoRound({ documents: rows, kills: 8 }))
  }
}
