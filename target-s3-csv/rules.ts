import { textOf } from '../singer/bytes.js'
import { InvalidRecord } from './invalid.js'
import type { PropertyRules } from './property-rules.js'
import { kinds, type Values } from './values.js'

/** Checks the values of a record against its SCHEMA. */
export class Rules {
  readonly #properties: readonly PropertyRules[]
  readonly #names: readonly string[]
  readonly #values: Values
  // What most values need: no look at the value, or one at its length.
  readonly #allowed: Uint16Array
  readonly #safeDigits: Uint8Array
  readonly #safeNegativeDigits: Uint8Array
  readonly #safeScale: Int16Array
  readonly #safeBytes: Float64Array

  /** `names`: of the properties, for messages. */
  constructor(properties: readonly PropertyRules[], names: readonly string[], values: Values) {
    this.#properties = properties
    this.#names = names
    this.#values = values
    this.#allowed = Uint16Array.from(properties, ({ allowed }) => allowed)
    this.#safeDigits = Uint8Array.from(properties, ({ safeDigits }) => safeDigits)
    this.#safeNegativeDigits = Uint8Array.from(properties, ({ safeNegativeDigits }) => safeNegativeDigits)
    this.#safeScale = Int16Array.from(properties, ({ safeScale }) => safeScale)
    this.#safeBytes = Float64Array.from(properties, ({ safeBytes }) => safeBytes)
  }

  /** @throws InvalidRecord for the first property that breaks its rules. */
  check(view: DataView) {
    const allowed = this.#allowed
    const values = this.#values
    for (let property = 0; property < allowed.length; property++) {
      const isAllowed = ((allowed[property] ?? 0) >>> values.kind(property)) & 1
      if (isAllowed === 0 && !this.#isSafe(view, property)) this.#look(view, property)
    }
  }

  #isSafe(view: DataView, property: number): boolean {
    const kind = this.#values.kind(property)
    const start = this.#values.start(property)
    const end = this.#values.end(property)
    if (kind === kinds.integer) {
      if (view.getUint8(start) === 45) return end - start - 1 <= (this.#safeNegativeDigits[property] ?? 0)
      return end - start <= (this.#safeDigits[property] ?? 0)
    }
    if (kind === kinds.number) return this.#hasSafeScale(view, property)
    return this.#values.isString(property) && end - start <= (this.#safeBytes[property] ?? 0)
  }

  /** From the last digit back to the point. */
  #hasSafeScale(view: DataView, property: number): boolean {
    const end = this.#values.end(property)
    const first = Math.max(this.#values.start(property), end - 1 - (this.#safeScale[property] ?? 0))
    let i = end - 1
    while (i > first && view.getUint8(i) >= 48 && view.getUint8(i) <= 57) i--
    return view.getUint8(i) === 46
  }

  #look(view: DataView, property: number) {
    const kind = this.#values.kind(property)
    const json = kind === kinds.absent ? '' : textOf(view, this.#values.start(property), this.#values.end(property))
    const reason = this.#properties[property]?.violation(kind, json)
    if (reason !== undefined) throw new InvalidRecord(this.#names[property] ?? '', reason)
  }
}
