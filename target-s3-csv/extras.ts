import { textOf } from '../singer/bytes.js'
import type { Property } from './columns.js'
import { InvalidRecord } from './invalid.js'
import type { Notes } from './notes.js'
import type { Extra } from './record.js'

export interface ExtrasOptions {
  readonly mode: 'warn' | 'stop' | 'column'
  readonly stream: string
  readonly properties: readonly Property[]
  readonly separator: string
  readonly notes: Notes
}

/** The members of a record that its SCHEMA does not know, by name; nested ones by their path. */
export class Extras {
  readonly #options: ExtrasOptions
  readonly #found = new Map<string, string>()

  constructor(options: ExtrasOptions) {
    this.#options = options
  }

  get isEmpty(): boolean {
    return this.#found.size === 0
  }

  /** Before each record. */
  clear() {
    if (this.#found.size > 0) this.#found.clear()
  }

  add({ view, parent, key, keyEnd, value, end }: Extra) {
    const { mode, properties, separator } = this.#options
    const last = String(JSON.parse(textOf(view, key, keyEnd)))
    const name = [...(properties[parent]?.path ?? []), last].join(separator)
    this.#found.set(name, mode === 'column' ? textOf(view, value, end) : '')
  }

  /**
   * They are counted, they make the record invalid, or they are the JSON text of the column `_extra`, which is returned.
   * @throws InvalidRecord.
   */
  settle(): string | undefined {
    const { mode, stream, notes } = this.#options
    if (mode === 'column')
      return `{${[...this.#found].map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`
    for (const name of this.#found.keys()) {
      if (mode === 'stop') throw new InvalidRecord(name, 'is not in the SCHEMA')
      notes.add('extra', stream, name)
    }
    return undefined
  }
}
