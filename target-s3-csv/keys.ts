import { matchBytes, viewOf } from '../singer/bytes.js'
import type { Property } from './columns.js'

/** No property. */
export const NONE = -1

/**
 * The properties of a SCHEMA as bytes, to be recognised in records. A property is its position in the list; the record
 * itself is the parent -1.
 *
 * Records of a stream have their keys in one order, so each key predicts the next one: that costs one comparison of
 * bytes, and only a miss looks a key up.
 */
export class Keys {
  readonly count: number
  readonly isParent: Uint8Array
  /** The position after a property's last descendant. */
  readonly ends: Int32Array
  // Behind the last property stands one that occurs in no text: it is predicted where nothing is known.
  readonly #patterns: readonly DataView[]
  readonly #next: Int32Array
  readonly #first: Int32Array
  readonly #children: readonly ReadonlyMap<string, number>[]

  constructor(properties: readonly Property[]) {
    this.count = properties.length
    this.isParent = Uint8Array.from(properties, ({ isParent }) => Number(isParent))
    this.ends = endsOf(properties)
    const patterns = properties.map((property) => Buffer.from(`${JSON.stringify(nameOf(property))}:`))
    this.#patterns = [...patterns, Buffer.of(0xff)].map(viewOf)
    this.#next = new Int32Array(this.count).fill(this.count)
    this.#first = new Int32Array(this.count + 1).fill(this.count)
    this.#children = childrenOf(properties)
  }

  /** What came first in the last object of this parent; `count` when nothing did. */
  first(parent: number): number {
    return this.#first[parent + 1] ?? 0
  }

  /** What came after the property in the last object that held it; `count` when nothing did. */
  next(property: number): number {
    return this.#next[property] ?? 0
  }

  /** Notes that `property` came after `previous`, or first of all when that is NONE. */
  learn(parent: number, previous: number, property: number) {
    if (previous === NONE) this.#first[parent + 1] = property
    else this.#next[previous] = property
  }

  /** The position after the property's `"key":` when that stands at `pos`; else -1. */
  match(view: DataView, pos: number, property: number): number {
    const pattern = this.#patterns[property]
    return pattern === undefined ? -1 : matchBytes(view, pos, pattern)
  }

  /** The child of `parent` with this name, its UTF-8 bytes taken as Latin-1; or NONE. */
  find(parent: number, name: string): number {
    return this.#children[parent + 1]?.get(name) ?? NONE
  }
}

function nameOf(property: Property): string {
  return property.path.at(-1) ?? ''
}

/** Descendants follow their parent, deeper in the path than it. */
function endsOf(properties: readonly Property[]): Int32Array {
  return Int32Array.from(properties, ({ path }, position) => {
    const end = properties.findIndex((other, index) => index > position && other.path.length <= path.length)
    return end === -1 ? properties.length : end
  })
}

function childrenOf(properties: readonly Property[]): readonly ReadonlyMap<string, number>[] {
  const children = Array.from({ length: properties.length + 1 }, () => new Map<string, number>())
  for (const [position, property] of properties.entries()) {
    children[property.parent + 1]?.set(Buffer.from(nameOf(property)).toString('latin1'), position)
  }
  return children
}
