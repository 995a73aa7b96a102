import type { Path } from '../settings/plan.js'

/** Wanted paths as a tree of keys, to be met while the bytes of an object are scanned. */
export class Wanted {
  /** Indexes of the paths that end here. */
  readonly here: number[] = []
  /** Indexes of all paths that pass by here or end here. */
  readonly below: number[] = []
  readonly #byName = new Map<string, Wanted>()
  readonly #byLength: ({ readonly key: Buffer; readonly wanted: Wanted }[] | undefined)[] = []

  static of(paths: readonly Path[]): Wanted {
    const root = new Wanted()
    for (const [index, path] of paths.entries()) root.#add(path, index)
    return root
  }

  get isLeaf(): boolean {
    return this.#byName.size === 0
  }

  /** What is wanted of the value whose key has this name. */
  named(name: string): Wanted | undefined {
    return this.#byName.get(name)
  }

  /** The same for a key without escapes, by its bytes. */
  keyed(bytes: Uint8Array, start: number, end: number): Wanted | undefined {
    const candidates = this.#byLength[end - start]
    if (candidates === undefined) return undefined
    for (const { key, wanted } of candidates) if (hasBytes(bytes, start, key)) return wanted
    return undefined
  }

  #add(path: Path, index: number) {
    this.below.push(index)
    const [name, ...rest] = path
    if (name === undefined) this.here.push(index)
    else this.#child(name).#add(rest, index)
  }

  #child(name: string): Wanted {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const wanted = new Wanted()
    const key = Buffer.from(name)
    this.#byName.set(name, wanted)
    const candidates = this.#byLength[key.length] ?? []
    candidates.push({ key, wanted })
    this.#byLength[key.length] = candidates
    return wanted
  }
}

function hasBytes(bytes: Uint8Array, start: number, expected: Uint8Array): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[start + i] !== expected[i]) return false
  return true
}
