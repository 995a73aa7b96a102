import { integer, type JsonSchema, nullable } from '../singer/schema.js'
import { isUuid } from './bson/binary.js'
import { BsonType } from './bson/bson-type.js'
import type { Config } from './config.js'

/** What the settings say of values. */
export type TypeOptions = Pick<
  Config,
  'document_format' | 'decimal' | 'binary' | 'non_finite' | 'date_out_of_range' | 'invalid_utf8'
>

/**
 * The schema of values of this BSON type (and binarySubtype, of binaries), without null; undefined: it is sent as null. What
 * objects and arrays hold is not said.
 */
export function typeSchema(type: number, subtype: number, options: TypeOptions): JsonSchema | undefined {
  const known = schemas[options.document_format][type]
  return typeof known === 'function' ? known(subtype, options) : known
}

type Known = JsonSchema | undefined | ((subtype: number, options: TypeOptions) => JsonSchema)
type Schemas = Readonly<Record<number, Known>>

const string: JsonSchema = { type: 'string' }
const object: JsonSchema = { type: 'object' }

/** One for both: from int32 to int64 nothing changes. */
const anyInteger: JsonSchema = { ...integer('-9223372036854775808', '9223372036854775807'), type: 'integer' }
const uint32 = integer('0', '4294967295')

const plain: Schemas = {
  [BsonType.double]: { type: 'number' },
  [BsonType.string]: string,
  [BsonType.object]: object,
  [BsonType.array]: { type: 'array' },
  [BsonType.binary]: bytes,
  [BsonType.objectId]: string,
  [BsonType.boolean]: { type: 'boolean' },
  [BsonType.date]: { type: 'string', format: 'date-time' },
  [BsonType.regex]: fields({ pattern: nullable('string'), options: nullable('string') }),
  [BsonType.dbPointer]: fields({ ref: nullable('string'), id: nullable('string') }),
  [BsonType.code]: string,
  [BsonType.symbol]: string,
  [BsonType.codeWithScope]: fields({ code: nullable('string'), scope: nullable('object') }),
  [BsonType.int32]: anyInteger,
  [BsonType.timestamp]: fields({ t: uint32, i: uint32 }),
  [BsonType.int64]: anyInteger,
  // No multipleOf: the scale belongs to the value.
  [BsonType.decimal128]: (_, { decimal }) =>
    decimal === 'string' ? { type: 'string', format: 'singer.decimal' } : { type: 'number' },
}

const canonical: Schemas = {
  [BsonType.double]: fields({ $numberDouble: nullable('string') }),
  [BsonType.string]: string,
  [BsonType.object]: object,
  [BsonType.array]: { type: 'array' },
  [BsonType.binary]: fields({ $binary: nullable('object') }),
  [BsonType.undefined]: fields({ $undefined: nullable('boolean') }),
  [BsonType.objectId]: fields({ $oid: nullable('string') }),
  [BsonType.boolean]: { type: 'boolean' },
  [BsonType.date]: fields({ $date: nullable('object') }),
  [BsonType.regex]: fields({ $regularExpression: nullable('object') }),
  [BsonType.dbPointer]: fields({ $dbPointer: nullable('object') }),
  [BsonType.code]: fields({ $code: nullable('string') }),
  [BsonType.symbol]: fields({ $symbol: nullable('string') }),
  [BsonType.codeWithScope]: fields({ $code: nullable('string'), $scope: nullable('object') }),
  [BsonType.int32]: fields({ $numberInt: nullable('string') }),
  [BsonType.timestamp]: fields({ $timestamp: nullable('object') }),
  [BsonType.int64]: fields({ $numberLong: nullable('string') }),
  [BsonType.decimal128]: fields({ $numberDecimal: nullable('string') }),
  [BsonType.minKey]: fields({ $minKey: nullable('integer') }),
  [BsonType.maxKey]: fields({ $maxKey: nullable('integer') }),
}

const schemas: Readonly<Record<TypeOptions['document_format'], Schemas>> = {
  plain,
  relaxed_ejson: {
    ...canonical,
    // NaN and infinities are objects.
    [BsonType.double]: { type: ['number', 'object'] },
    [BsonType.int32]: anyInteger,
    [BsonType.int64]: anyInteger,
    // Before 1970 and after 9999 it is an object in the object.
    [BsonType.date]: fields({ $date: { type: ['null', 'string', 'object'] } }),
  },
  canonical_ejson: canonical,
}

function bytes(subtype: number, { binary }: TypeOptions): JsonSchema {
  if (isUuid(subtype)) return { type: 'string', format: 'uuid' }
  return { type: 'string', contentEncoding: binary === 'hex' ? 'base16' : 'base64' }
}

function fields(properties: JsonSchema): JsonSchema {
  return { type: 'object', properties }
}
