import { textOf, viewOf } from '../singer/bytes.js'
import { NEWLINE } from '../singer/json-syntax.js'
import type { Property } from './columns.js'
import { Keys } from './keys.js'
import { RecordScanner, stringClasses } from './record.js'
import { shapeOf } from './shape.js'
import { kinds, Values } from './values.js'

const names = ['type', 'stream', 'record', 'time_extracted', 'version', 'value'] as const

export type EnvelopeKey = (typeof names)[number]

/** One message: where the values of the keys stand that all messages share, in any order. */
export class Envelope {
  readonly #values = new Values(names.length)
  readonly #scanner: RecordScanner
  #view: DataView = viewOf(Buffer.alloc(0))

  constructor() {
    const anything = shapeOf(new Map())
    const properties = names.map((name): Property => ({ path: [name], shape: anything, parent: -1, isParent: false }))
    this.#scanner = new RecordScanner({
      keys: new Keys(properties),
      values: this.#values,
      classes: stringClasses(NEWLINE, NEWLINE),
      // Other keys are no concern of ours.
      onExtra() {},
    })
  }

  /** Reads the message at `pos`; returns the position after it. @throws JsonError. */
  scan(view: DataView, pos: number): number {
    this.#view = view
    return this.#scanner.scan(view, pos)
  }

  /** The same for what is left of a message. `pos`: after one of its values. */
  scanRest(view: DataView, pos: number): number {
    this.#view = view
    return this.#scanner.scanRest(view, pos)
  }

  has(key: EnvelopeKey): boolean {
    return this.kind(key) !== kinds.absent
  }

  kind(key: EnvelopeKey): number {
    return this.#values.kind(names.indexOf(key))
  }

  start(key: EnvelopeKey): number {
    return this.#values.start(names.indexOf(key))
  }

  end(key: EnvelopeKey): number {
    return this.#values.end(names.indexOf(key))
  }

  /** The value's JSON, a string's without the quotes. */
  json(key: EnvelopeKey): string {
    return textOf(this.#view, this.start(key), this.end(key))
  }

  /** What the string says; undefined when the key is absent or no string. */
  string(key: EnvelopeKey): string | undefined {
    if (!this.#values.isString(names.indexOf(key))) return undefined
    return this.kind(key) === kinds.escapedString ? String(JSON.parse(`"${this.json(key)}"`)) : this.json(key)
  }

  /** The digits; undefined when the key is absent or no number. */
  number(key: EnvelopeKey): string | undefined {
    const kind = this.kind(key)
    return kind === kinds.integer || kind === kinds.number ? this.json(key) : undefined
  }
}
