import { expect } from 'chai'
import { checkSame, makeCopy } from '../soak/copy.js'
import { connectUtc, makeLiveTable } from '../soak/live-table.js'
import { writersRound } from '../soak/writers-round.js'
import { timeTypes } from '../soak/writers-soak.js'
import { withFolder } from '../support/bins.js'
import { sqlServers } from '../support/servers.js'

describe('a table under eight writers', function () {
  this.timeout(300_000)
  for (const { name, server } of sqlServers) {
    for (const timeType of timeTypes) {
      it(`is complete after the next incremental run: ${name}, ${timeType}`, async () => {
        const running = await server()
        const table = await makeLiveTable(running, timeType, 5000)
        await withFolder(async (folder) => {
          const copy = await makeCopy({ server: running, table, method: 'INCREMENTAL', folder, lookback: 5 })
          const writers = { count: 8, slowMs: 1000 }
          for (let round = 0; round < 2; round++) await writersRound({ server: running, table, copy, writers })
          expect(copy.rows.size).to.be.above(5000)
        })
        table.close()
      })
    }

    // What lookback is for; and the proof that these checks see a lost row.
    for (const lookback of [0, 5]) {
      it(`${lookback > 0 ? 'finds' : 'misses'} a row that commits late with a lookback of ${lookback} s: ${name}`, async () => {
        const running = await server()
        const table = await makeLiveTable(running, 'datetime(6)', 2)
        await withFolder(async (folder) => {
          const copy = await makeCopy({ server: running, table, method: 'INCREMENTAL', folder, lookback })
          const [slow, quick] = await Promise.all([connectUtc(running), connectUtc(running)])
          const change = (id: number) => `UPDATE ${table.name} SET n = n + 1, updated_at = NOW(6) WHERE id = ${id}`
          await slow.query('BEGIN')
          await slow.query(change(0))
          await quick.query(change(1))
          await copy.update()
          await slow.query('COMMIT')
          await copy.update()
          const rows = await table.rows()
          if (lookback > 0) checkSame(copy, rows)
          else expect(() => checkSame(copy, rows)).to.throw('1 rows are missing or old')
          slow.destroy()
          quick.destroy()
        })
        table.close()
      })
    }
  }
})
