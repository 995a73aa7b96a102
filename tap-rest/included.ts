import { type Json, jsonText } from '../singer/index.js'
import type { Include } from './plan.js'

/** The `include` columns of a page as one JSON object; `values`: in the order of the settings. */
export function includedObject(include: readonly Include[], values: readonly Json[]): Buffer {
  const members = include.map(({ column }, i) => `${JSON.stringify(column)}:${jsonText(values[i] ?? null)}`)
  return Buffer.from(`{${members.join()}}`)
}
