import { CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT } from '../../singer/json-syntax.js'
import { checkDepth, skipColon, skipComma, skipKey, skipSpace, skipValue } from './json-scan.js'
import { Spans } from './spans.js'
import type { Wanted } from './wanted.js'

/** Scans objects of `bytes`, each of them a record: notes in `spans` where it and its wanted fields stand. */
export class RecordScanner {
  readonly bytes: Buffer
  readonly spans: Spans
  readonly #wanted: Wanted

  constructor(bytes: Buffer, wanted: Wanted) {
    this.bytes = bytes
    this.spans = new Spans(wanted.below.length)
    this.#wanted = wanted
  }

  /** `pos`: at the brace. @throws JsonError unless it is one valid JSON object. */
  record(pos: number, depth: number): number {
    const { bytes, spans } = this
    const wanted = this.#wanted
    spans.begin(pos)
    const end = wanted.isLeaf ? skipValue(bytes, pos, depth) : this.#object(pos, wanted, depth + 1)
    spans.end(end)
    for (const field of wanted.here) spans.setField(field, pos, end)
    return end
  }

  #object(pos: number, wanted: Wanted, depth: number): number {
    const { bytes } = this
    checkDepth(depth, pos)
    let i = skipSpace(bytes, pos + 1)
    while (bytes[i] !== CLOSE_OBJECT) {
      const end = skipKey(bytes, i)
      const start = skipColon(bytes, Math.abs(end))
      const field = end > 0 ? wanted.keyed(bytes, i + 1, end - 1) : wanted.named(keyName(bytes, i, -end))
      i = field === undefined ? skipValue(bytes, start, depth) : this.#field(start, field, depth)
      i = skipComma(bytes, i, CLOSE_OBJECT)
    }
    return i + 1
  }

  /** Of arrays a name is an index. */
  #array(pos: number, wanted: Wanted, depth: number): number {
    const { bytes } = this
    checkDepth(depth, pos)
    let i = skipSpace(bytes, pos + 1)
    for (let index = 0; bytes[i] !== CLOSE_ARRAY; index++) {
      const field = wanted.named(String(index))
      i = field === undefined ? skipValue(bytes, i, depth) : this.#field(i, field, depth)
      i = skipComma(bytes, i, CLOSE_ARRAY)
    }
    return i + 1
  }

  /** Of equal keys the last one counts, with all that is in it. */
  #field(start: number, wanted: Wanted, depth: number): number {
    const { spans } = this
    for (const field of wanted.below) spans.setField(field, 0, 0)
    const end = this.#value(start, wanted, depth)
    for (const field of wanted.here) spans.setField(field, start, end)
    return end
  }

  #value(start: number, wanted: Wanted, depth: number): number {
    const byte = this.bytes[start]
    if (!wanted.isLeaf && byte === OPEN_OBJECT) return this.#object(start, wanted, depth + 1)
    if (!wanted.isLeaf && byte === OPEN_ARRAY) return this.#array(start, wanted, depth + 1)
    return skipValue(this.bytes, start, depth)
  }
}

/** From `start` to `end`: a key with its quotes, known to be valid. */
export function keyName(bytes: Buffer, start: number, end: number): string {
  return JSON.parse(bytes.toString('utf8', start, end))
}
