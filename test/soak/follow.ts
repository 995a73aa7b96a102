import type { State } from '../../singer/index.js'
import type { Expected } from './expected.js'
import type { Place } from './place.js'
import { readObjects } from './sightings.js'
import type { SoakTable } from './tables.js'

/** Watches a place fill up, run by run, and throws when something is lost, damaged or sent against the state. */
export function followPlace(place: Place, table: SoakTable, expected: Expected) {
  const total = new Uint32Array(expected.places)
  let last = new Uint16Array(expected.places)
  let start = 0
  let objects: ReadonlyMap<string, string> = new Map()
  let unfinished: readonly string[] = []

  /** `mayLeave`: the target was killed and could not tidy up. */
  async function afterRun(state: State | undefined, mayLeave: boolean): Promise<void> {
    // A request of the killed target may still be carried out: its object belongs to this run, not to the next one.
    if (mayLeave) await place.settle()
    await checkLeftovers(mayLeave)
    last = await readObjects(place, await newObjects(), table.columns, expected)
    const next = state ? expected.startOf(state) : 0
    for (let at = 0; at < expected.places; at++) {
      const seen = last[at] ?? 0
      if (seen > (at < start ? 0 : expected.copiesAt(at))) {
        throw new Error(`row ${at} came ${seen} times in one run that began at row ${start}`)
      }
      total[at] = (total[at] ?? 0) + seen
      if (at < next && (total[at] ?? 0) < expected.copiesAt(at)) {
        throw new Error(`the state covers the rows before ${next}, but row ${at} is missing`)
      }
    }
    start = next
  }

  async function newObjects(): Promise<string[]> {
    const now = await place.objects()
    for (const [name, identity] of objects) {
      if (now.get(name) !== identity) throw new Error(`object ${name} of an earlier run has changed`)
    }
    const names = [...now.keys()].filter((name) => !objects.has(name))
    objects = now
    return names
  }

  async function checkLeftovers(mayLeave: boolean): Promise<void> {
    const now = await place.unfinished()
    const left = now.filter((name) => !unfinished.includes(name))
    if (left.length > 0 && !mayLeave) throw new Error(`left unfinished: ${left.join(', ')}`)
    unfinished = now
  }

  /** `inLastRun`: the last run has to hold every row, because it began anew. */
  function checkComplete(inLastRun: boolean): { objects: number; duplicates: number } {
    const seen = inLastRun ? last : total
    const missing = seen.findIndex((count, at) => count < expected.copiesAt(at))
    if (missing >= 0) throw new Error(`row ${missing} of ${expected.places} is missing at the end`)
    return { objects: objects.size, duplicates: total.reduce((sum, count) => sum + count, 0) - expected.count }
  }

  async function checkNothingNew(): Promise<void> {
    const names = await newObjects()
    if (names.length > 0) throw new Error(`a further run wrote ${names.join(', ')} though nothing had changed`)
  }

  return { afterRun, checkComplete, checkNothingNew }
}
