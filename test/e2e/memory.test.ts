import { checkBounds, checkFlat, measure, type Way, ways } from '../soak/memory.js'
import { narrowTable, tallTable } from '../soak/memory-tables.js'
import { sqlServers } from '../support/servers.js'

// Each way on one server; `npm run soak -- memory` takes both, and ten million rows.
describe('memory of the pipe', function () {
  this.timeout(300_000)
  for (const [i, { name, server }] of sqlServers.entries()) {
    for (const way of ways.filter((_way, k) => k % sqlServers.length === i)) {
      it(`is the same for many rows as for few: ${title(name, way)}`, async () => {
        const running = await server()
        const [few, many] = [await narrowTable(running, 200_000), await narrowTable(running, 600_000)]
        const peak = await measure(running, many, way)
        checkBounds(peak, way)
        checkFlat(await measure(running, few, way), peak, 0.25)
      })

      it(`grows by the size of a record of 60 MiB: ${title(name, way)}`, async () => {
        const running = await server()
        const table = await tallTable(running, 60)
        checkBounds(await measure(running, table, way), way, table.recordMb)
      })
    }
  }
})

function title(name: string, { place, compression }: Way): string {
  return `${name} to ${place}, ${compression}`
}
