import { SentBefore } from '../../singer/sent-before.js'
import type { Page } from '../page/page.js'
import type { Incremental } from '../settings/plan.js'
import { hashOf, type Position, Seam, Tail } from './boundary.js'
import { compareDecimals } from './decimal.js'
import { before, compareKeys, type Key, type KeyRules, keyOfField, spelledAlike } from './key-order.js'
import type { Instant } from './times.js'

export interface CursorOptions {
  readonly incremental: Incremental
  readonly rules: KeyRules
  /** Index of the key among the wanted fields of a page. */
  readonly field: number
  readonly hasPrimaryKey: boolean
  /** Records with an older key are not sent; absent where the API filters. */
  readonly lower?: Key | undefined
  /** Records with an older key were not asked for. */
  readonly asked?: Key | undefined
  /** No bookmark is later: what changes during the run is read again. */
  readonly startedAt: Instant
  readonly findings: Findings
  /** Hashes kept at the boundary. */
  readonly limit: number
}

/** What a stream's keys turned out to be, to be said once at its end. */
export interface Findings {
  withoutKey: number
  /** Keys of another kind than those before: numbers among times. They can be sent, but not compared. */
  ofOtherKind: number
  areTexts: boolean
  /** Records that the API gave although later ones were asked for. */
  notAskedFor: number
  isOutOfOrder: boolean
  /** `max_pages` or `max_records` ended a sequence: the rest of it is still to come. */
  isCut: boolean
}

export function noFindings(): Findings {
  return { withoutKey: 0, ofOtherKind: 0, areTexts: false, notAskedFor: 0, isOutOfOrder: false, isCut: false }
}

/** Undefined as long as no record had a value in the key. */
export type Mark = () => Position | undefined

/** Says of each page of a sequence which records are new, and how far they reach. */
export class Cursor {
  #greatest: Key | undefined
  /** In this run. */
  #seen: Key | undefined
  readonly #from: Position | undefined
  readonly #sentBefore: SentBefore
  readonly #seam: Seam
  readonly #tail: Tail
  readonly #options: CursorOptions

  constructor(from: Position | undefined, options: CursorOptions) {
    this.#from = from
    this.#greatest = from?.key
    this.#sentBefore = new SentBefore(options.hasPrimaryKey ? from?.hashes : [])
    this.#seam = new Seam(options.limit)
    this.#tail = new Tail(options.limit)
    this.#options = options
  }

  /** The records to be sent, by index. Marks cover them from then on. */
  select(page: Page, partition: string): number[] {
    const keys = this.#keys(page)
    const hashes: string[] = []
    const hashed = (index: number) => {
      hashes[index] ??= hashOf(partition, page.record(index))
      return hashes[index]
    }
    const repeated = keys.map((key, index) => this.#seam.has(key, () => hashed(index)))
    const selected = [...keys.keys()].filter(
      (index) => !repeated[index] && !this.#isOlder(keys[index]) && !this.#sentBefore.wasSent(() => hashed(index)),
    )
    this.#note(
      keys.map((key, index) => (repeated[index] ? undefined : key)),
      hashed,
    )
    return selected
  }

  /** The position by now, worked out when it is asked for: most are never needed. */
  mark(): Mark {
    const key = this.#capped()
    if (!key) return () => undefined
    const { hasPrimaryKey, limit } = this.#options
    if (!hasPrimaryKey) return () => ({ key })
    const hasMoved = !this.#from || compareKeys(key, this.#from.key) > 0
    // What the last runs sent there may come later, as long as there is where it was.
    const left = hasMoved ? [] : this.#sentBefore.left
    const noted = this.#tail.mark(this.#boundary(key))
    return () => ({ key, hashes: [...noted(), ...left].slice(0, limit) })
  }

  #keys(page: Page): (Key | undefined)[] {
    const { rules, field, findings } = this.#options
    return Array.from({ length: page.count }, (_, index) => {
      const key = keyOfField(page.field(index, field), rules)
      if (!key) findings.withoutKey++
      const kind = (this.#greatest ?? this.#seen ?? key)?.kind
      if (!key || key.kind === kind || kind === 'text') return this.#ordered(key)
      findings.ofOtherKind++
      return undefined
    })
  }

  #ordered(key: Key | undefined): Key | undefined {
    const { findings, asked } = this.#options
    if (!key) return undefined
    if (asked?.order && key.kind === asked.kind && compareKeys(key, asked) < 0) findings.notAskedFor++
    if (!key.order || this.#greatest?.kind === 'text') findings.areTexts = true
    const order = this.#seen ? compareKeys(key, this.#seen) : 1
    if (order < 0) findings.isOutOfOrder = true
    if (order > 0) this.#seen = key
    return key
  }

  #isOlder(key: Key | undefined): boolean {
    const { lower } = this.#options
    return key !== undefined && lower !== undefined && key.kind === lower.kind && compareKeys(key, lower) < 0
  }

  #note(keys: readonly (Key | undefined)[], hashed: (index: number) => string): void {
    if (this.#seen && (!this.#greatest || compareKeys(this.#seen, this.#greatest) > 0)) this.#greatest = this.#seen
    const key = this.#capped()
    if (!key || !this.#options.hasPrimaryKey) return
    const from = this.#boundary(key)
    for (const [index, each] of keys.entries()) {
      if (!each || compareKeys(each, from) < 0) continue
      const row = { key: each, hash: hashed(index) }
      this.#tail.note(row, from)
      this.#seam.note(row)
    }
  }

  #capped(): Key | undefined {
    const { startedAt, rules } = this.#options
    const key = this.#greatest
    if (key?.kind !== 'time' || !key.order || compareDecimals(key.order, startedAt) <= 0) return key
    return spelledAlike(key, startedAt, rules)
  }

  #boundary(key: Key): Key {
    return before(key, this.#options.incremental.lookback, this.#options.rules)
  }
}

/** Where records come newest first nothing newer follows such a page. */
export function isWholePageOlder(
  page: Page,
  { field, rules, lower }: { field: number; rules: KeyRules; lower: Key },
): boolean {
  const keys = Array.from({ length: page.count }, (_, index) => keyOfField(page.field(index, field), rules))
  return keys.length > 0 && keys.every((key) => key?.kind === lower.kind && compareKeys(key, lower) < 0)
}
