import { type Json, jsonText } from '../../singer/index.js'
import type { Include } from '../settings/plan.js'

/** The `include` columns of a page as one JSON object; `values`: in the order of the settings. */
export function includedObject(include: readonly Include[], values: readonly Json[]): Buffer {
  const members = include.map(({ column }, i) => `${JSON.stringify(column)}:${jsonText(values[i] ?? null)}`)
  return Buffer.from(`{${members.join()}}`)
}

/** What stands between the braces of an object, without what lies within `cuts` (from, to, …). */
export function withoutCuts(object: Buffer, cuts: readonly number[]): Buffer {
  const kept: Buffer[] = []
  let from = 1
  for (let i = 0; i < cuts.length; i += 2) {
    kept.push(object.subarray(from, cuts[i]))
    from = cuts[i + 1] ?? from
  }
  return Buffer.concat([...kept, object.subarray(from, object.length - 1)])
}
