import { BsonType } from '../../../tap-mongo/bson/bson-type.js'
import type { RawValue } from '../../../tap-mongo/bson/raw-value.js'
import { elements, field } from './elements.js'

/**
 * What a filter on this dotted path is held against: any of them may match, undefined is a missing field. Arrays on the way
 * are looked through, and one at the end stands for each of its elements and then for itself.
 */
export function candidates(document: Buffer, path: string): (RawValue | undefined)[] {
  return valuesAt(document, path).flatMap((value) =>
    value?.type === BsonType.array ? [...elements(value.bytes), value] : [value],
  )
}

/** What the document is sorted by: the elements of arrays, but not the arrays themselves. Never empty. */
export function sortValues(document: Buffer, path: string): RawValue[] {
  const values = valuesAt(document, path).flatMap((value) => {
    if (value?.type !== BsonType.array) return [value ?? missing]
    const inside = elements(value.bytes)
    return inside.length > 0 ? inside : [undefinedValue]
  })
  return values.length > 0 ? values : [missing]
}

const missing: RawValue = { type: BsonType.null, bytes: Buffer.alloc(0) }
const undefinedValue: RawValue = { type: BsonType.undefined, bytes: Buffer.alloc(0) }

function valuesAt(document: Buffer, path: string): (RawValue | undefined)[] {
  return path.includes('.') ? [...walk(document, path.split('.'))] : [field(document, path)]
}

function* walk(container: Buffer, [name = '', ...rest]: readonly string[]): Generator<RawValue | undefined> {
  const value = field(container, name)
  if (rest.length === 0 || value === undefined) yield value
  else if (value.type === BsonType.object) yield* walk(value.bytes, rest)
  else if (value.type === BsonType.array) yield* walkArray(value.bytes, rest)
  else yield undefined
}

// `a.0.b` is the first element's b, and the b of a field called 0 of any element.
function* walkArray(array: Buffer, rest: readonly string[]): Generator<RawValue | undefined> {
  if (/^\d+$/.test(rest[0] ?? '') && field(array, rest[0] ?? '')) yield* walk(array, rest)
  for (const { type, bytes } of elements(array)) if (type === BsonType.object) yield* walk(bytes, rest)
}
