import type { TypeOptions } from '../types.js'
import { binary, writeBase64, writeHex } from './binary.js'
import { BsonType } from './bson-type.js'
import type { Write } from './conversion.js'
import { int32, int64 } from './integer.js'
import { boolean, codeWithScope, constant, pair, regex, string, timestamp } from './objects.js'
import { date, decimal, double, nulled, type OnNulled, objectId } from './plain-values.js'
import type { WriteText } from './text.js'

/** What the writers of a format are made of. */
export interface Parts {
  readonly options: TypeOptions
  readonly text: WriteText
  readonly object: Write
  readonly onNulled: OnNulled
}

/** Each type in the form that suits tables best; see types.ts. */
export function plainWriters({ options, text, object, onNulled }: Parts): Readonly<Record<number, Write>> {
  const characters = string(text)
  return {
    [BsonType.double]: double(options, onNulled),
    [BsonType.string]: characters,
    [BsonType.binary]: binary(options.binary === 'hex' ? writeHex : writeBase64),
    [BsonType.undefined]: constant('null'),
    [BsonType.objectId]: objectId,
    [BsonType.boolean]: boolean,
    [BsonType.date]: date(options, onNulled),
    [BsonType.null]: constant('null'),
    [BsonType.regex]: regex(text),
    [BsonType.dbPointer]: pair({ first: characters, second: objectId, names: ['ref', 'id'] }),
    [BsonType.code]: characters,
    [BsonType.symbol]: characters,
    [BsonType.codeWithScope]: codeWithScope(pair({ first: characters, second: object, names: ['code', 'scope'] })),
    [BsonType.int32]: int32,
    [BsonType.timestamp]: timestamp,
    [BsonType.int64]: int64,
    [BsonType.decimal128]: decimal(options, onNulled),
    [BsonType.minKey]: nulled(onNulled),
    [BsonType.maxKey]: nulled(onNulled),
  }
}
