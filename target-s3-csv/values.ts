/** What a record says of a property. As bits of a mask: `1 << kind`. */
export const kinds = {
  absent: 0,
  null: 1,
  integer: 2,
  /** A number with a point or an exponent. */
  number: 3,
  true: 4,
  false: 5,
  /** A string whose bytes are its text. */
  string: 6,
  /** The same, with a byte that needs quotes in the CSV. */
  specialString: 7,
  /** A string with escapes, or with the quote of the CSV in it. */
  escapedString: 8,
  object: 9,
  array: 10,
} as const

/** Where the values of one record stand in its buffer; of a string what is between the quotes. One entry a property. */
export class Values {
  readonly kinds: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array

  constructor(count: number) {
    this.kinds = new Uint8Array(count)
    this.starts = new Int32Array(count)
    this.ends = new Int32Array(count)
  }

  kind(property: number): number {
    return this.kinds[property] ?? kinds.absent
  }

  /** Of no meaning for what is absent; as is `end`. */
  start(property: number): number {
    return this.starts[property] ?? 0
  }

  end(property: number): number {
    return this.ends[property] ?? 0
  }

  /** Nothing was found of the properties from `from` to `to`. */
  clear(from: number, to: number) {
    for (let property = from; property < to; property++) this.kinds[property] = kinds.absent
  }

  isString(property: number): boolean {
    const kind = this.kind(property)
    return kind >= kinds.string && kind <= kinds.escapedString
  }
}
