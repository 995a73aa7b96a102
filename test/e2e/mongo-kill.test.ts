import { mongoRound } from '../soak/mongo-round.js'

// `npm run soak -- mongo` runs many of these.
describe('followed collections that change while both ends of the pipe are killed', () => {
  it('end up as they are', async function () {
    this.timeout(300_000)
    await mongoRound({ documents: 200, kills: 4 })
  })
})
