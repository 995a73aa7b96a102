/** Where the records of a page stand in its bytes, and in each of them the wanted fields. */
export class Spans {
  count = 0
  // Per record: start and end of the record, then of each field. An end of 0: the field is absent.
  #places: Uint32Array
  readonly #stride: number

  constructor(fields: number) {
    this.#stride = 2 + 2 * fields
    this.#places = new Uint32Array(this.#stride * 512)
  }

  /** Opens a record without fields: `setField` and `end` are about it. */
  begin(start: number) {
    const base = this.count * this.#stride
    if (base + this.#stride > this.#places.length) this.#grow()
    this.#places[base] = start
    this.count++
  }

  end(end: number) {
    this.#places[(this.count - 1) * this.#stride + 1] = end
  }

  setField(field: number, start: number, end: number) {
    const place = (this.count - 1) * this.#stride + 2 + 2 * field
    this.#places[place] = start
    this.#places[place + 1] = end
  }

  clear() {
    this.#places.fill(0)
    this.count = 0
  }

  startOf(record: number): number {
    return this.#places[record * this.#stride] ?? 0
  }

  endOf(record: number): number {
    return this.#places[record * this.#stride + 1] ?? 0
  }

  fieldStart(record: number, field: number): number {
    return this.#places[record * this.#stride + 2 + 2 * field] ?? 0
  }

  /** 0 when it is absent. */
  fieldEnd(record: number, field: number): number {
    return this.#places[record * this.#stride + 3 + 2 * field] ?? 0
  }

  #grow() {
    const wider = new Uint32Array(this.#places.length * 2)
    wider.set(this.#places)
    this.#places = wider
  }
}
