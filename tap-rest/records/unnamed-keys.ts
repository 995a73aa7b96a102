import type { Log } from '../../singer/log.js'

/** More of them are not told. */
const most = 100

/** Keys of records that a schema with `additionalProperties: false` does not name: left out, and told once. */
export class UnnamedKeys {
  readonly #stream: string
  readonly #log: Log
  readonly #told = new Set<string>()
  #new = new Set<string>()
  #count = 0

  constructor(stream: string, log: Log) {
    this.#stream = stream
    this.#log = log
  }

  add(keys: readonly string[]): void {
    this.#count += keys.length
    for (const key of keys) if (!this.#told.has(key) && this.#told.size < most) this.#new.add(key)
  }

  /** `values`: how many were left out so far in this run. */
  report(): void {
    if (this.#new.size === 0) return
    for (const key of this.#new) this.#told.add(key)
    const fields = { stream: this.#stream, keys: [...this.#new].slice(0, most), values: this.#count }
    this.#log.warning('left out, since the declared schema does not name it and allows nothing else', fields)
    this.#new = new Set()
  }
}
