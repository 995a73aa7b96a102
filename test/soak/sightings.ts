import { gunzipSync } from 'node:zlib'
import { readCsv } from './csv.js'
import type { Expected } from './expected.js'
import type { Place } from './place.js'

/** How often each row of the table was found in some objects. */
export type Sightings = Uint16Array<ArrayBuffer>

/** Reads finished objects strictly: their header, whole rows, and no row that the table does not hold. */
export async function readObjects(
  place: Place,
  names: Iterable<string>,
  columns: readonly string[],
  expected: Expected,
): Promise<Sightings> {
  const seen = new Uint16Array(expected.places)
  for (const name of names) {
    try {
      countRows(await objectText(place, name), columns, expected, seen)
    } catch (cause) {
      throw new Error(`object ${name}: ${cause instanceof Error ? cause.message : cause}`, { cause })
    }
  }
  return seen
}

export async function objectText(place: Place, name: string): Promise<string> {
  const bytes = await place.read(name)
  return new TextDecoder('utf-8', { fatal: true }).decode(name.endsWith('.gz') ? gunzipSync(bytes) : bytes)
}

function countRows(text: string, columns: readonly string[], expected: Expected, seen: Sightings): void {
  let line = 0
  for (const row of readCsv(text)) {
    if (line++ === 0) {
      if (row.join() !== columns.join()) throw new Error(`the header is ${row.join()}`)
      continue
    }
    const at = expected.placeOf(row)
    if (at === undefined) throw new Error(`row ${line} is not in the table: ${JSON.stringify(row)}`)
    seen[at] = (seen[at] ?? 0) + 1
  }
  if (line === 0) throw new Error('it is empty, without a header')
}
