import { textOf } from '../../singer/bytes.js'
import { lastByte, nameEnd, valueEnd } from '../bson/value-end.js'

/** A field of a document, or an item of an array. */
export interface Element {
  readonly type: number
  /** Where it begins. */
  readonly start: number
  /** Of its value. */
  readonly pos: number
  /** Behind its value. */
  readonly end: number
}

/** What the document or array at `pos` holds, in its order; not for hot paths. */
export function* elements(view: DataView, pos: number): Generator<Element> {
  const last = lastByte(view, pos)
  for (let start = pos + 4; start < last; ) {
    const type = view.getUint8(start)
    const value = nameEnd(view, start + 1) + 1
    const end = valueEnd(view, type, value)
    yield { type, start, pos: value, end }
    start = end
  }
}

/** What is no UTF-8 in it is U+FFFD. */
export function nameOf(view: DataView, { start, pos }: Element): string {
  return textOf(view, start + 1, pos - 1)
}

/** The first field of the document with this name. */
export function elementNamed(view: DataView, name: string): Element | undefined {
  for (const element of elements(view, 0)) if (nameOf(view, element) === name) return element
  return undefined
}
