import { BsonType } from '../../../tap-mongo/bson/bson-type.js'
import type { RawValue } from '../../../tap-mongo/bson/raw-value.js'
import { documentOf, elements, fromBson } from './elements.js'
import { Refusal } from './refusal.js'

/** `$type`: one type or several, by number or name. */
export function typeTest(operand: RawValue): (type: number) => boolean {
  const wanted = operand.type === BsonType.array ? elements(operand.bytes) : [operand]
  const types = new Set(wanted.flatMap(typesOf))
  return (type) => types.has(type)
}

function typesOf({ type, bytes }: RawValue): readonly number[] {
  const { value } = fromBson(documentOf([{ name: 'value', type, bytes }]))
  if (typeof value !== 'string') return [Number(String(value)) & 0xff]
  return names[value] ?? unknownName(value)
}

// https://www.mongodb.com/docs/manual/reference/bson-types/
const names: Readonly<Record<string, readonly number[]>> = {
  double: [BsonType.double],
  string: [BsonType.string],
  object: [BsonType.object],
  array: [BsonType.array],
  binData: [BsonType.binary],
  undefined: [BsonType.undefined],
  objectId: [BsonType.objectId],
  bool: [BsonType.boolean],
  date: [BsonType.date],
  null: [BsonType.null],
  regex: [BsonType.regex],
  dbPointer: [BsonType.dbPointer],
  javascript: [BsonType.code],
  symbol: [BsonType.symbol],
  javascriptWithScope: [BsonType.codeWithScope],
  int: [BsonType.int32],
  timestamp: [BsonType.timestamp],
  long: [BsonType.int64],
  decimal: [BsonType.decimal128],
  minKey: [BsonType.minKey],
  maxKey: [BsonType.maxKey],
  number: [BsonType.double, BsonType.int32, BsonType.int64, BsonType.decimal128],
}

function unknownName(name: string): never {
  throw new Refusal(2, 'BadValue', `Unknown type name alias: ${name}`)
}
