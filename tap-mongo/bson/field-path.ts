import { textOf } from '../../singer/bytes.js'
import { BsonType } from './bson-type.js'
import { lastByte, nameEnd, textEnd, valueEnd } from './value-end.js'

/** The names on the way to the value at `pos` of a document, as queries write them: `items.price`, without places in arrays. */
export function fieldPath(document: DataView, pos: number): string {
  const names: string[] = []
  let start = 0
  let isArray = false
  while (start >= 0 && start < pos) {
    const element = elementAround(document, start, pos)
    if (element < 0) break
    const end = nameEnd(document, element + 1)
    if (!isArray) names.push(textOf(document, element + 1, end))
    const type = document.getUint8(element)
    isArray = type === BsonType.array
    start = nestedStart(document, type, end + 1)
  }
  return names.join('.')
}

/** Where the element begins whose value holds `pos`; -1: none does. */
function elementAround(document: DataView, start: number, pos: number): number {
  const last = lastByte(document, start)
  for (let element = start + 4; element < last; ) {
    const value = nameEnd(document, element + 1) + 1
    const end = valueEnd(document, document.getUint8(element), value)
    if (pos < end || pos === value) return element
    element = end
  }
  return -1
}

/** Where the document within the value begins; -1: there is none. */
function nestedStart(document: DataView, type: number, value: number): number {
  if (type === BsonType.object || type === BsonType.array) return value
  return type === BsonType.codeWithScope ? textEnd(document, value + 4) + 1 : -1
}
