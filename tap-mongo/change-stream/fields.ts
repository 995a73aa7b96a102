import { viewOf } from '../../singer/bytes.js'
import { damagedOr } from '../bson/damaged.js'
import { lastByte, nameEnd, valueEnd } from '../bson/value-end.js'

/** A value in the memory of its document. */
export interface Field {
  readonly type: number
  readonly bytes: Buffer
}

/** The values of a document by name, in their order; what is inside of them is not looked at. Only for names in ASCII. */
export type Fields = ReadonlyMap<string, Field>

export function fieldsOf(document: Buffer): Fields {
  const fields = new Map<string, Field>()
  eachElement(document, (type, name, start, end) => {
    fields.set(document.toString('latin1', name, start - 1), { type, bytes: document.subarray(start, end) })
  })
  return fields
}

/** The documents in an array of documents. */
export function documentsOf(array: Buffer): Buffer[] {
  const documents: Buffer[] = []
  eachElement(array, (_type, _name, start, end) => documents.push(array.subarray(start, end)))
  return documents
}

/** Positions: of the name, which ends with a zero byte before the value, and of the value. */
type Visit = (type: number, name: number, start: number, end: number) => void

function eachElement(document: Buffer, visit: Visit): void {
  const view = viewOf(document)
  try {
    const last = lastByte(view, 0)
    for (let element = 4; element < last; ) {
      const type = view.getUint8(element)
      const start = nameEnd(view, element + 1) + 1
      const end = valueEnd(view, type, start)
      visit(type, element + 1, start, end)
      element = end
    }
  } catch (cause) {
    throw damagedOr(cause)
  }
}
