/** Lets at most `places` callers in at a time, in the order of their arrival. */
export class Gate {
  #places: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#places = places
  }

  async enter(): Promise<void> {
    if (this.#places > 0) {
      this.#places--
      return
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#places++
  }
}
