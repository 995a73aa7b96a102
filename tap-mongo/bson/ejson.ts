import { BsonType } from './bson-type.js'
import { type Write, writeAscii } from './conversion.js'
import { isFiniteDecimal128, notFiniteText, writeDecimal128 } from './decimal128.js'
import { writeDouble } from './double.js'
import { binaryObject } from './ejson-binary.js'
import { instantAt, lastInstant, writeInstant } from './instant.js'
import { int32, int64 } from './integer.js'
import { between, boolean, codeWithScope, constant, pair, regex, string, timestamp } from './objects.js'
import type { Parts } from './plain.js'
import { objectId } from './plain-values.js'

// https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md

/** Numbers and dates as JSON has them where nothing is lost but their BSON type. */
export function relaxedWriters(parts: Parts): Readonly<Record<number, Write>> {
  return {
    ...canonicalWriters(parts),
    [BsonType.double]: relaxedDouble,
    [BsonType.int32]: int32,
    [BsonType.int64]: int64,
    [BsonType.date]: relaxedDate,
  }
}

/** Every value says its BSON type. */
export function canonicalWriters({ text, object }: Parts): Readonly<Record<number, Write>> {
  const characters = string(text)
  const id = between('{"$oid":', objectId, '}')
  const pointer = pair({ first: characters, second: id, names: ['$ref', '$id'] })
  return {
    [BsonType.double]: canonicalDouble,
    [BsonType.string]: characters,
    [BsonType.binary]: binaryObject,
    [BsonType.undefined]: constant('{"$undefined":true}'),
    [BsonType.objectId]: id,
    [BsonType.boolean]: boolean,
    [BsonType.date]: between('{"$date":{"$numberLong":"', int64, '"}}'),
    [BsonType.null]: constant('null'),
    [BsonType.regex]: between('{"$regularExpression":', regex(text), '}'),
    [BsonType.dbPointer]: between('{"$dbPointer":', pointer, '}'),
    [BsonType.code]: between('{"$code":', characters, '}'),
    [BsonType.symbol]: between('{"$symbol":', characters, '}'),
    [BsonType.codeWithScope]: codeWithScope(pair({ first: characters, second: object, names: ['$code', '$scope'] })),
    [BsonType.int32]: between('{"$numberInt":"', int32, '"}'),
    [BsonType.timestamp]: between('{"$timestamp":', timestamp, '}'),
    [BsonType.int64]: between('{"$numberLong":"', int64, '"}'),
    [BsonType.decimal128]: between('{"$numberDecimal":"', anyDecimal, '"}'),
    [BsonType.minKey]: constant('{"$minKey":1}'),
    [BsonType.maxKey]: constant('{"$maxKey":1}'),
  }
}

const relaxedDouble: Write = (pos, conversion) => {
  const value = conversion.input.getFloat64(pos, true)
  if (!Number.isFinite(value)) return canonicalDouble(pos, conversion)
  writeDouble(value, conversion.output)
  return pos + 8
}

const canonicalDouble = between(
  '{"$numberDouble":"',
  (pos, { input, output }) => {
    const value = input.getFloat64(pos, true)
    if (Object.is(value, -0)) writeAscii('-0.0', output)
    else writeAscii(Number.isInteger(value) ? value.toFixed(1) : String(value), output)
    return pos + 8
  },
  '"}',
)

const canonicalDate = between('{"$date":{"$numberLong":"', int64, '"}}')

/** Text from 1970 to 9999, and thousandths only where there are some. */
const relaxedDate: Write = (pos, conversion) => {
  const instant = instantAt(pos, conversion.input)
  return instant >= 0 && instant <= lastInstant ? dateText(pos, conversion) : canonicalDate(pos, conversion)
}

const dateText = between(
  '{"$date":"',
  (pos, { input, output }) => {
    writeInstant(instantAt(pos, input), output)
    if (instantAt(pos, input) % 1000 === 0) {
      output.at -= '.000Z'.length
      writeAscii('Z', output)
    }
    return pos + 8
  },
  '"}',
)

const anyDecimal: Write = (pos, conversion) => {
  if (isFiniteDecimal128(pos, conversion.input)) writeDecimal128(pos, conversion)
  else writeAscii(notFiniteText(pos, conversion.input), conversion.output)
  return pos + 16
}
