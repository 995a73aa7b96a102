import type { SqlServer } from '../support/sql-server.js'
import { checkBounds, checkFlat, measure, type Peak, ways } from './memory.js'
import { type MemoryTable, narrowTable, tallTable, wideTable } from './memory-tables.js'
import { type Report, reportOf, type SoakOptions } from './report.js'

/** A table of a gibibyte, a record of 60 MiB, and ten times `rows` rows against `rows`, each in every way. */
export async function* memorySoak({ servers, rows }: SoakOptions): AsyncGenerator<Report> {
  for (const { name, server } of servers) {
    const running = await server()
    yield* measured(`memory: ${name}, 1 GiB`, running, await wideTable(running, 1024))
    yield* measured(`memory: ${name}, a record of 60 MiB`, running, await tallTable(running, 60))
    yield* compared(`memory: ${name}`, running, rows)
  }
}

async function* measured(title: string, server: SqlServer, table: MemoryTable): AsyncGenerator<Report> {
  for (const way of ways) {
    yield await reportOf(`${title}, ${way.place} ${way.compression}`, async () => {
      const peak = await measure(server, table, way)
      checkBounds(peak, way, table.recordMb)
      return shown(peak)
    })
  }
}

async function* compared(title: string, server: SqlServer, rows: number): AsyncGenerator<Report> {
  const few = await narrowTable(server, rows)
  const many = await narrowTable(server, rows * 10)
  for (const way of ways) {
    yield await reportOf(
      `${title}, ${many.rows} rows against ${few.rows}, ${way.place} ${way.compression}`,
      async () => {
        const [small, large] = [await measure(server, few, way), await measure(server, many, way)]
        checkBounds(large, way)
        checkFlat(small, large, 0.15)
        return `${shown(small)}, then ${shown(large)}`
      },
    )
  }
}

function shown({ tapMb, targetMb }: Peak): string {
  return `tap ${tapMb} MB, target ${targetMb} MB`
}
