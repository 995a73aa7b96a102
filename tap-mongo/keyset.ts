import { SourceError } from '../singer/index.js'
import { BsonType } from './bson/bson-type.js'
import { driverValue, type RawValue } from './bson/raw-value.js'
import { type Bracket, brackets, nan, placeOf } from './reading/brackets.js'
import { RareTypes } from './reading/rare-types.js'

/**
 * A filter of `find` on one field, in the full order of BSON types, not only within the value's own bracket. Documents
 * without the field match none of them.
 */
export type Filter = Readonly<Record<string, unknown>>

/**
 * Documents whose field stands behind this value. For `_id` and for replication keys, dotted paths too.
 * @throws SourceError when the value's type has no place in the table: never a filter that ends early.
 */
export function behind(path: string, value: RawValue): Filter {
  return anyOf(path, clauses(path, { value, isIn: false }, undefined))
}

/** At or behind. */
export function from(path: string, value: RawValue): Filter {
  return anyOf(path, clauses(path, { value, isIn: true }, undefined))
}

/** At or before: brackets before it whole, its own up to it. */
export function upTo(path: string, value: RawValue): Filter {
  return anyOf(path, clauses(path, undefined, { value, isIn: true }))
}

/** Before it. */
export function before(path: string, value: RawValue): Filter {
  return anyOf(path, clauses(path, undefined, { value, isIn: false }))
}

/** Equal to it, whatever it is: NaN, null (not a missing field), documents. */
export function at(path: string, value: RawValue): Filter {
  const bound: Bound = { value, isIn: true }
  return anyOf(path, clauses(path, bound, bound))
}

/** From the one to the other, each of which may be open: one union, where two of them would keep servers from their index. */
export function inRange(path: string, lower: Bound | undefined, upper: Bound | undefined): Filter {
  return lower || upper ? anyOf(path, clauses(path, lower, upper)) : {}
}

/** All that is not beyond the bound: also what no range holds, such as empty arrays, and documents without the field. */
export function notBeyond(path: string, { value, isIn }: Bound): readonly Filter[] {
  const beyond = clauses(path, { value, isIn: !isIn }, undefined)
  // Not by $nor, which keeps servers from their index.
  return beyond.map((clause) => ({ [path]: { $not: clause[path] } }))
}

/**
 * Documents behind this one in a sort by the field, then by `_id`, up to a bound of the field. A missing field (undefined)
 * stands where null stands.
 */
export function behindBoth(
  path: string,
  { value, id }: { readonly value: RawValue | undefined; readonly id: RawValue },
  upper?: Bound,
): Filter {
  if (path === '_id') return inRange(path, { value: id, isIn: false }, upper)
  const key = value ?? { type: BsonType.null, bytes: Buffer.alloc(0) }
  const missing = [{ [path]: { $exists: false } }]
  const same = [at(path, key), ...(key.type === BsonType.null ? missing : [])]
  const isBeforeNull = key.type === BsonType.minKey || key.type === BsonType.undefined
  const behindId = clauses('_id', { value: id, isIn: false }, undefined)
  // Spread out, so that each clause is one range of an index on the field and `_id`.
  const ties = same.flatMap((sameKey) => behindId.map((clause) => ({ ...sameKey, ...clause })))
  return anyOf(path, [...ties, ...(isBeforeNull ? missing : []), ...clauses(path, { value: key, isIn: false }, upper)])
}

/** Of a range. */
export interface Bound {
  readonly value: RawValue
  /** Documents at the value belong to it. */
  readonly isIn: boolean
}

function anyOf(path: string, found: readonly Filter[]): Filter {
  if (found.length === 0) return { [path]: { $in: [] } }
  return found.length === 1 && found[0] ? found[0] : { $or: found }
}

/** One clause per bracket from the lower to the upper bound; those that only `$type` can name share one. */
function clauses(path: string, lower: Bound | undefined, upper: Bound | undefined): Filter[] {
  const first = lower ? comparable(path, lower.value) : 0
  const last = upper ? comparable(path, upper.value) : brackets.length - 1
  const conditions: Filter[] = []
  const nameOnly: Bracket[] = []
  for (const [place, bracket] of brackets.entries()) {
    if (place < first || place > last || (path === '_id' && bracket.isNoId)) continue
    const bounds = [place === first && lower, place === last && upper]
    if (bounds.some(Boolean) && bracket.order === 'many') conditions.push(within(bounds[0], bounds[1]))
    else if (bounds.some((bound) => bound && !bound.isIn)) continue
    else if (bracket.min || bracket === nan) conditions.push(whole(bracket))
    else nameOnly.push(bracket)
  }
  return [...conditions, ...byType(nameOnly)].map((condition) => ({ [path]: condition }))
}

function byType(found: readonly Bracket[]): Filter[] {
  const rare = found.filter(({ isRare }) => isRare).flatMap(({ types }) => types)
  const usual = found.filter(({ isRare }) => !isRare).flatMap(({ types }) => types.map(signed))
  return [usual, RareTypes.from(rare)].flatMap((types) => (types.length > 0 ? [{ $type: types }] : []))
}

function comparable(path: string, value: RawValue): number {
  const place = placeOf(value)
  if (place !== undefined && brackets[place]?.order !== 'none') return place
  const type = Object.entries(BsonType).find(([, code]) => code === value.type)?.[0]
  throw new SourceError(
    `go on behind the field ${path}: it holds a value of the type ${type}, which no filter can go on from; ` +
      `leave such documents out by the setting filter: {"${path}": {"$not": {"$type": "${type}"}}}`,
  )
}

/** Comparisons take values as such, also a document with a field `$gt`: only a bare one would be read as an operator. */
function within(lower: Bound | false | undefined, upper: Bound | false | undefined): Filter {
  if (lower && lower === upper) return { $eq: driverValue(lower.value) }
  return {
    ...(lower ? { [lower.isIn ? '$gte' : '$gt']: driverValue(lower.value) } : {}),
    ...(upper ? { [upper.isIn ? '$lte' : '$lt']: driverValue(upper.value) } : {}),
  }
}

function whole({ min }: Bracket): Filter {
  return min ? { $gte: driverValue(min) } : { $eq: Number.NaN }
}

/** `$type` knows MinKey as -1. */
function signed(type: number): number {
  return type === BsonType.minKey ? -1 : type
}
