import { BsonType } from './bson-type.js'
import { damaged } from './damaged.js'

/** The position after the value of this type that begins at `pos`; what is inside of documents is not looked at. */
export function valueEnd(view: DataView, type: number, pos: number): number {
  const end = anyValueEnd(view, type, pos)
  if (end > view.byteLength) throw damaged('a value ends behind its document')
  return end
}

/** The position of the zero byte that ends a name. */
export function nameEnd(view: DataView, pos: number): number {
  let end = pos
  while (view.getUint8(end) !== 0) end++
  return end
}

/** The position of the zero byte that ends a document or an array. */
export function lastByte(view: DataView, pos: number): number {
  const last = pos + view.getInt32(pos, true) - 1
  if (last < pos + 4 || view.getUint8(last) !== 0) throw damaged('the length of a document is wrong')
  return last
}

/** The position of the zero byte that ends the text of a string, code or symbol. */
export function textEnd(view: DataView, pos: number): number {
  const end = pos + 3 + view.getInt32(pos, true)
  if (end < pos + 4 || view.getUint8(end) !== 0) throw damaged('the length of a string is wrong')
  return end
}

function anyValueEnd(view: DataView, type: number, pos: number): number {
  const length = fixedLengths[type] ?? varies
  if (length !== varies) return pos + length
  switch (type) {
    case BsonType.string:
    case BsonType.code:
    case BsonType.symbol:
      return textEnd(view, pos) + 1
    case BsonType.object:
    case BsonType.array:
      return lastByte(view, pos) + 1
    case BsonType.binary:
      return pos + 5 + lengthAt(view, pos)
    case BsonType.regex:
      return nameEnd(view, nameEnd(view, pos) + 1) + 1
    case BsonType.dbPointer:
      return textEnd(view, pos) + 13
    case BsonType.codeWithScope:
      return pos + lengthAt(view, pos)
    default:
      throw damaged(`it has a value of type 0x${type.toString(16)}, which does not exist`)
  }
}

function lengthAt(view: DataView, pos: number): number {
  const length = view.getInt32(pos, true)
  if (length < 0) throw damaged('a length is negative')
  return length
}

const varies = -1
const fixedLengths = new Int8Array(256).fill(varies)
fixedLengths[BsonType.double] = 8
fixedLengths[BsonType.undefined] = 0
fixedLengths[BsonType.objectId] = 12
fixedLengths[BsonType.boolean] = 1
fixedLengths[BsonType.date] = 8
fixedLengths[BsonType.null] = 0
fixedLengths[BsonType.int32] = 4
fixedLengths[BsonType.timestamp] = 8
fixedLengths[BsonType.int64] = 8
fixedLengths[BsonType.decimal128] = 16
fixedLengths[BsonType.minKey] = 0
fixedLengths[BsonType.maxKey] = 0
