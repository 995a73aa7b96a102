import type { Json } from '../singer/index.js'

/** One answer of a stream: its records as bytes, its fields of interest found once. Good as long as the response's body. */
export interface Page {
  readonly count: number
  /** Raw JSON text of a record. */
  record(index: number): Buffer
  /** Raw JSON text of the wanted path `wanted` (an index into those of the reader) of a record; undefined when absent. */
  field(index: number, wanted: number): Buffer | undefined
  /** The body without its records, every digit kept; `null` for formats that have nothing else. Parsed when first asked for. */
  readonly envelope: Json
  /** Equal for pages whose records are equal, byte for byte. */
  readonly hash: string
}
