import { CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT } from '../../singer/json-syntax.js'
import type { Path } from '../settings/plan.js'
import { checkEnd, skipColon, skipComma, skipKey, skipSpace, skipValue } from './json-scan.js'
import { keyName, type RecordScanner } from './record-scan.js'
import type { Cut } from './span-page.js'

/** What a pass over a body found. */
export type Found =
  /** The records are in the spans of the scanner. */
  | { readonly kind: 'records'; readonly cuts: readonly Cut[] }
  | { readonly kind: 'missing' }
  /** A number, a string, a boolean. */
  | { readonly kind: 'scalar' }
  /** An item of the array is no object. */
  | { readonly kind: 'item'; readonly index: number }

/** One pass over a JSON text, all of it checked. `begin`: where its first token may stand. @throws JsonError */
export function findAt(scanner: RecordScanner, names: Path, begin: number): Found {
  return new PathScan(scanner, names).run(begin)
}

class PathScan {
  readonly #bytes: Buffer
  readonly #scanner: RecordScanner
  readonly #names: Path
  readonly #keys: readonly Buffer[]
  #found: Found = { kind: 'missing' }

  constructor(scanner: RecordScanner, names: Path) {
    this.#bytes = scanner.bytes
    this.#scanner = scanner
    this.#names = names
    this.#keys = names.map((name) => Buffer.from(name))
  }

  run(begin: number): Found {
    checkEnd(this.#bytes, this.#value(skipSpace(this.#bytes, begin), 0))
    return this.#found
  }

  /** `level`: how many of the names have led here. */
  #value(pos: number, level: number): number {
    if (level === this.#names.length) return this.#records(pos, level)
    if (this.#bytes[pos] === OPEN_ARRAY) return this.#items(pos, level)
    return this.#bytes[pos] === OPEN_OBJECT ? this.#object(pos, level) : skipValue(this.#bytes, pos, level)
  }

  #items(pos: number, level: number): number {
    const bytes = this.#bytes
    let i = skipSpace(bytes, pos + 1)
    for (let index = 0; bytes[i] !== CLOSE_ARRAY; index++) {
      const isNamed = String(index) === this.#names[level]
      i = skipComma(bytes, isNamed ? this.#value(i, level + 1) : skipValue(bytes, i, level + 1), CLOSE_ARRAY)
    }
    return i + 1
  }

  #object(pos: number, level: number): number {
    const bytes = this.#bytes
    let i = skipSpace(bytes, pos + 1)
    while (bytes[i] !== CLOSE_OBJECT) {
      const end = skipKey(bytes, i)
      const start = skipColon(bytes, Math.abs(end))
      i = this.#isName(level, i, end) ? this.#again(start, level + 1) : skipValue(bytes, start, level + 1)
      i = skipComma(bytes, i, CLOSE_OBJECT)
    }
    return i + 1
  }

  #isName(level: number, start: number, end: number): boolean {
    if (end < 0) return keyName(this.#bytes, start, -end) === this.#names[level]
    const key = this.#keys[level]
    return key !== undefined && key.length === end - start - 2 && key.compare(this.#bytes, start + 1, end - 1) === 0
  }

  /** Of equal keys the last one counts: what an earlier one held is forgotten. */
  #again(pos: number, level: number): number {
    this.#scanner.spans.clear()
    this.#found = { kind: 'missing' }
    return this.#value(pos, level)
  }

  #records(pos: number, depth: number): number {
    const bytes = this.#bytes
    const byte = bytes[pos]
    if (byte === OPEN_ARRAY) return this.#array(pos, depth + 1)
    if (byte === OPEN_OBJECT) {
      this.#found = { kind: 'records', cuts: [] }
      // What has no field is no record: PHP writes an empty list so.
      const isEmpty = bytes[skipSpace(bytes, pos + 1)] === CLOSE_OBJECT
      return isEmpty ? skipValue(bytes, pos, depth) : this.#scanner.record(pos, depth)
    }
    const end = skipValue(bytes, pos, depth)
    this.#found = { kind: byte === 110 ? 'missing' : 'scalar' }
    return end
  }

  #array(pos: number, depth: number): number {
    const bytes = this.#bytes
    const scanner = this.#scanner
    let foreign = -1
    let i = skipSpace(bytes, pos + 1)
    for (let index = 0; bytes[i] !== CLOSE_ARRAY; index++) {
      const isRecord = bytes[i] === OPEN_OBJECT
      if (!isRecord && foreign < 0) foreign = index
      i = skipComma(bytes, isRecord ? scanner.record(i, depth) : skipValue(bytes, i, depth), CLOSE_ARRAY)
    }
    const cut: Cut = { start: pos, end: i + 1, replacement: '[]' }
    this.#found = foreign < 0 ? { kind: 'records', cuts: [cut] } : { kind: 'item', index: foreign }
    return i + 1
  }
}
