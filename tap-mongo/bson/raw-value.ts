import { viewOf } from '../../singer/bytes.js'
import { BsonType } from './bson-type.js'
import { damagedOr } from './damaged.js'
import { lastByte, nameEnd, valueEnd } from './value-end.js'

export { driverValue, rawValueOf } from './driver-value.js'

/** A BSON value as the server sent it: nothing is lost, neither -0.0 nor the order of an object's fields. */
export interface RawValue {
  /** One of BsonType. */
  readonly type: number
  /** What follows the field's name. A copy, not a part of the driver's memory. */
  readonly bytes: Buffer
}

/**
 * The value at this path of names, of equal names the first, as the server takes it. Undefined: there is none. An array on
 * the way is what is returned: the path has many values then, or none.
 */
export function fieldAt(document: Buffer, path: readonly string[]): RawValue | undefined {
  const view = viewOf(document)
  try {
    let type: number = BsonType.object
    let pos = 0
    for (const name of path) {
      if (type === BsonType.array) break
      if (type !== BsonType.object) return undefined
      const found = elementNamed(view, pos, Buffer.from(name))
      if (found < 0) return undefined
      type = view.getUint8(found)
      pos = nameEnd(view, found + 1) + 1
    }
    return { type, bytes: Buffer.from(document.subarray(pos, valueEnd(view, type, pos))) }
  } catch (cause) {
    throw damagedOr(cause)
  }
}

/** The same type and the same bytes: neither 1 and 1.0 nor 0.0 and -0.0. */
export function isSameValue(a: RawValue, b: RawValue): boolean {
  return a.type === b.type && a.bytes.equals(b.bytes)
}

/** Where the element with this name begins in the document at `pos`; -1: it has none. */
function elementNamed(view: DataView, pos: number, name: Buffer): number {
  const last = lastByte(view, pos)
  for (let element = pos + 4; element < last; ) {
    const end = nameEnd(view, element + 1)
    if (isName(view, element + 1, name) && end - element - 1 === name.length) return element
    element = valueEnd(view, view.getUint8(element), end + 1)
  }
  return -1
}

function isName(view: DataView, pos: number, name: Buffer): boolean {
  for (let i = 0; i < name.length; i++) if (view.getUint8(pos + i) !== name[i]) return false
  return true
}
