import { bufferOf, textOf } from '../singer/bytes.js'
import { CLOSE_OBJECT, JsonError, OPEN_OBJECT, QUOTE } from '../singer/json-syntax.js'
import {
  skipColon,
  skipComma,
  skipEscape,
  skipInteger,
  skipKey,
  skipNumber,
  skipSpace,
  skipValue,
} from './json-bytes.js'
import { type Keys, NONE } from './keys.js'
import { kinds, type Values } from './values.js'

/** A member that the SCHEMA does not know. */
export interface Extra {
  readonly view: DataView
  /** The property that should hold it, or NONE: the record. */
  readonly parent: number
  /** Positions of the key, with its quotes, and of the value. */
  readonly key: number
  readonly keyEnd: number
  readonly value: number
  readonly end: number
}

export interface RecordScannerOptions {
  readonly keys: Keys
  readonly values: Values
  readonly classes: Uint8Array
  readonly onExtra: (extra: Extra) => void
}

/** Finds the values of a SCHEMA's properties in the bytes of a record, and checks that these are JSON. */
export class RecordScanner {
  readonly #keys: Keys
  readonly #values: Values
  readonly #classes: Uint8Array
  readonly #onExtra: (extra: Extra) => void
  // Of the key that was looked up last: where it ends, and where its value begins.
  #keyEnd = 0
  #valueAt = 0

  constructor({ keys, values, classes, onExtra }: RecordScannerOptions) {
    this.#keys = keys
    this.#values = values
    this.#classes = classes
    this.#onExtra = onExtra
  }

  /** `pos`: at the record's brace. Returns the position after the record; what stands where is in `values`. */
  scan(view: DataView, pos: number): number {
    this.#values.clear(0, this.#keys.count)
    return this.#object(view, pos, NONE)
  }

  /** The same for what is left of an object. `pos`: after one of its values. */
  scanRest(view: DataView, pos: number): number {
    this.#values.clear(0, this.#keys.count)
    const i = skipSpace(view, pos)
    if (view.getUint8(i) === CLOSE_OBJECT) return i + 1
    return this.#members(view, skipSpace(view, skipComma(view, i)), NONE)
  }

  #object(view: DataView, pos: number, parent: number): number {
    const i = skipSpace(view, pos + 1)
    return view.getUint8(i) === CLOSE_OBJECT ? i + 1 : this.#members(view, i, parent)
  }

  /** From the first key to the end of the object. */
  #members(view: DataView, pos: number, parent: number): number {
    const keys = this.#keys
    let i = pos
    let previous = NONE
    let property = keys.first(parent)
    for (;;) {
      const afterKey = keys.match(view, i, property)
      if (afterKey >= 0) i = this.#value(view, skipSpace(view, afterKey), property)
      else {
        property = this.#lookUp(view, i, parent)
        if (property !== NONE) keys.learn(parent, previous, property)
        i = property === NONE ? this.#extra(view, i, parent) : this.#value(view, this.#valueAt, property)
      }
      i = skipSpace(view, i)
      if (view.getUint8(i) === CLOSE_OBJECT) return i + 1
      i = skipSpace(view, skipComma(view, i))
      if (property !== NONE) previous = property
      property = previous === NONE ? keys.first(parent) : keys.next(previous)
    }
  }

  /** A key that was not predicted. */
  #lookUp(view: DataView, pos: number, parent: number): number {
    const end = skipKey(view, pos)
    this.#keyEnd = end
    this.#valueAt = skipColon(view, end)
    const name = bufferOf(view, pos + 1, end - 1).toString('latin1')
    const isEscaped = name.includes('\\')
    return this.#keys.find(parent, isEscaped ? unescaped(textOf(view, pos, end)) : name)
  }

  #extra(view: DataView, key: number, parent: number): number {
    const end = skipValue(view, this.#valueAt)
    this.#onExtra({ view, parent, key, keyEnd: this.#keyEnd, value: this.#valueAt, end })
    return end
  }

  #value(view: DataView, pos: number, property: number): number {
    const byte = view.getUint8(pos)
    if (byte === QUOTE) return this.#string(view, pos + 1, property)
    const values = this.#values
    values.starts[property] = pos
    let end = 0
    if (byte <= 57) {
      end = skipInteger(view, pos)
      const next = view.getUint8(end)
      const isInteger = next !== 46 && next !== 101 && next !== 69
      values.kinds[property] = isInteger ? kinds.integer : kinds.number
      if (!isInteger) end = skipNumber(view, pos)
    } else {
      values.kinds[property] = kindOf(byte)
      end = this.#keys.isParent[property] === 1 ? this.#parentValue(view, pos, property) : skipValue(view, pos)
    }
    values.ends[property] = end
    return end
  }

  /** A key that comes again replaces the children of the first one too. */
  #parentValue(view: DataView, pos: number, property: number): number {
    this.#values.clear(property + 1, this.#keys.ends[property] ?? 0)
    return view.getUint8(pos) === OPEN_OBJECT ? this.#object(view, pos, property) : skipValue(view, pos)
  }

  #string(view: DataView, start: number, property: number): number {
    const classes = this.#classes
    let kind: number = kinds.string
    let i = start
    for (;;) {
      const byteClass = classes[view.getUint8(i)] ?? 0
      if (byteClass === PLAIN) i++
      else if (byteClass === END) break
      else if (byteClass === SPECIAL) {
        if (kind === kinds.string) kind = kinds.specialString
        i++
      } else if (byteClass === CONTROL) throw new JsonError('a string with a control character or without an end', i)
      else {
        kind = kinds.escapedString
        i = byteClass === ESCAPE ? skipEscape(view, i) : i + 1
      }
    }
    this.#values.kinds[property] = kind
    this.#values.starts[property] = start
    this.#values.ends[property] = i
    return i + 1
  }
}

function kindOf(byte: number): number {
  if (byte === 110) return kinds.null
  if (byte === 116) return kinds.true
  if (byte === 102) return kinds.false
  return byte === OPEN_OBJECT ? kinds.object : kinds.array
}

function unescaped(json: string): string {
  return Buffer.from(String(JSON.parse(json))).toString('latin1')
}

const PLAIN = 0
const SPECIAL = 1
const DOUBLED = 2
const ESCAPE = 3
const END = 4
const CONTROL = 5

/** What the bytes of a JSON string mean for the CSV. Line ends stand in it as escapes only. */
export function stringClasses(delimiter: number, quote: number): Uint8Array {
  const classes = new Uint8Array(256)
  classes[delimiter] = SPECIAL
  classes[quote] = DOUBLED
  classes[92] = ESCAPE
  classes[QUOTE] = END
  classes.fill(CONTROL, 0, 32)
  return classes
}
