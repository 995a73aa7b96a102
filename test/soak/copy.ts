import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SqlServer } from '../support/sql-server.js'
import { readCsv } from './csv.js'
import type { Method } from './expected.js'
import { type LiveRow, type LiveTable, liveColumns } from './live-table.js'
import { prepareLoad } from './load.js'
import { makePlace } from './place.js'
import { objectText } from './sightings.js'

/** What a reader of the CSV files knows of a live table: of each id the row that came last. */
export interface Copy {
  readonly rows: ReadonlyMap<string, LiveRow>
  /** Runs the pipe once, takes over what it brings and says how many rows that were. */
  update(): Promise<number>
}

export interface CopyOptions {
  readonly server: SqlServer
  readonly table: LiveTable
  readonly method: Method
  /** An empty folder, or one to be made. */
  readonly folder: string
  /** Seconds. */
  readonly lookback?: number
}

export async function makeCopy({ server, table, method, folder, lookback = 0 }: CopyOptions): Promise<Copy> {
  const output = join(folder, 'output')
  await mkdir(output, { recursive: true })
  const place = await makePlace('local', output)
  const load = await prepareLoad({ server, stream: table.stream, method, place, folder, tapConfig: { lookback } })
  const rows = new Map<string, LiveRow>()
  const known = new Set<string>()
  return {
    rows,
    async update() {
      const { tap, target } = await load.run()
      if (tap.code + target.code > 0) throw new Error(`the pipe failed:\n${tap.stderr}\n${target.stderr}`)
      let count = 0
      for (const name of (await place.objects()).keys()) {
        if (known.has(name)) continue
        known.add(name)
        const [header, ...found] = readCsv(await objectText(place, name))
        if (header?.join() !== liveColumns.join()) throw new Error(`the header of ${name} is ${header?.join()}`)
        for (const row of found) rows.set(String(row[0]), row)
        count += found.length
      }
      return count
    },
  }
}

/** Throws when the copy is not what the table is. */
export function checkSame(copy: Copy, table: ReadonlyMap<string, LiveRow>): void {
  const wrong = [...table].filter(([id, row]) => copy.rows.get(id)?.join('\0') !== row.join('\0'))
  const invented = [...copy.rows.keys()].filter((id) => !table.has(id))
  if (wrong.length + invented.length === 0) return
  const [id, row] = wrong[0] ?? []
  const example = id && `; the table has ${JSON.stringify(row)}, the copy ${JSON.stringify(copy.rows.get(id))}`
  throw new Error(`${wrong.length} rows are missing or old, ${invented.length} are in no table${example ?? ''}`)
}
