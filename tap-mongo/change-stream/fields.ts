import { textOf, viewOf } from '../../singer/bytes.js'
import { damagedOr } from '../bson/damaged.js'
import { lastByte, nameEnd, valueEnd } from '../bson/value-end.js'

/** A value in the memory of its document. */
export interface Field {
  readonly type: number
  readonly bytes: Buffer
}

/** The values of a document by name, in their order; what is inside of them is not looked at. */
export type Fields = ReadonlyMap<string, Field>

export function fieldsOf(document: Buffer): Fields {
  const view = viewOf(document)
  const fields = new Map<string, Field>()
  try {
    const last = lastByte(view, 0)
    for (let element = 4; element < last; ) {
      const type = view.getUint8(element)
      const name = nameEnd(view, element + 1)
      const end = valueEnd(view, type, name + 1)
      fields.set(textOf(view, element + 1, name), { type, bytes: document.subarray(name + 1, end) })
      element = end
    }
  } catch (cause) {
    throw damagedOr(cause)
  }
  return fields
}
