import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { withFolder } from '../support/bins.js'
import type { SqlServer } from '../support/sql-server.js'
import { prepareLoad } from './load.js'
import type { MemoryTable } from './memory-tables.js'
import { makePlace, type Place, type PlaceKind } from './place.js'

/** What a target does with the rows, and how much memory it may take for that, in MB. */
export interface Way {
  readonly place: PlaceKind
  readonly compression: 'none' | 'gzip'
  readonly tapMb: number
  readonly targetMb: number
}

export const ways: readonly Way[] = [
  { place: 'local', compression: 'none', tapMb: 110, targetMb: 140 },
  { place: 's3', compression: 'gzip', tapMb: 110, targetMb: 200 },
]

/** The largest resident sizes. */
export interface Peak {
  readonly tapMb: number
  readonly targetMb: number
}

/** A full load of the table. Throws when not every row has arrived. */
export function measure(server: SqlServer, table: MemoryTable, way: Way): Promise<Peak> {
  return withFolder(async (folder) => {
    const output = join(folder, 'output')
    await mkdir(output)
    const place = await makePlace(way.place, output)
    const targetConfig = { compression: way.compression }
    const options = { server, stream: table.stream, method: 'FULL_TABLE', place, folder, targetConfig } as const
    const load = await prepareLoad({ ...options, timeoutMs: 1_800_000 })
    const { tap, target } = await load.run()
    if (tap.code + target.code > 0) throw new Error(`the pipe failed:\n${tap.stderr}\n${target.stderr}`)
    const rows = await countRows(place)
    if (rows !== table.rows) throw new Error(`${rows} of ${table.rows} rows have arrived`)
    return { tapMb: tap.peakMb, targetMb: target.peakMb }
  })
}

/** Throws when a peak is above the bound of its way, which grows by `recordMb` where the records are large. */
export function checkBounds({ tapMb, targetMb }: Peak, way: Way, recordMb = 0): void {
  const over = [
    ...(tapMb > way.tapMb + recordMb ? [`tap-mysql took ${tapMb} MB, not ${way.tapMb + recordMb}`] : []),
    ...(targetMb > way.targetMb + recordMb
      ? [`target-s3-csv took ${targetMb} MB, not ${way.targetMb + recordMb}`]
      : []),
  ]
  if (over.length > 0) throw new Error(over.join('; '))
}

/** Throws when the peaks of a large table differ from those of a small one by more than this share. */
export function checkFlat(small: Peak, large: Peak, share: number): void {
  for (const side of ['tapMb', 'targetMb'] as const) {
    const ratio = large[side] / small[side]
    if (Math.abs(ratio - 1) > share) throw new Error(`${side} is ${large[side]} for many rows, ${small[side]} for few`)
  }
}

/** Lines without the header: no value of these tables holds a line end. */
async function countRows(place: Place): Promise<number> {
  let rows = 0
  for (const name of (await place.objects()).keys()) rows += (await countLines(name, await place.read(name))) - 1
  return rows
}

async function countLines(name: string, bytes: Buffer): Promise<number> {
  const source = Readable.from([bytes])
  let lines = 0
  for await (const chunk of name.endsWith('.gz') ? source.pipe(createGunzip()) : source) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++
  }
  return lines
}
