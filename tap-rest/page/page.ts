import type { Json } from '../../singer/index.js'

/** One answer of a stream: its records as bytes, its fields of interest found once. Good as long as the response's body. */
export interface Page {
  readonly count: number
  /** JSON text of an object, byte for byte as it came; only a text of several lines is without the space between tokens. */
  record(index: number): Buffer
  /** The same of the value at a wanted path (an index into those of the reader) of a record; undefined when absent. */
  field(index: number, wanted: number): Buffer | undefined
  /**
   * The body with `[]` in place of the array of records, or `{}` in place of each that a query found; an only record that
   * is no item of an array stays. Every digit kept. `null` for formats that have nothing else. Parsed when first asked for.
   */
  readonly envelope: Json
  /** Equal for pages whose records are equal, byte for byte, with the space between them. */
  readonly hash: string
}
