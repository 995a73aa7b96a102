import { Digits, type Json, type JsonObject } from '../../singer/index.js'
import { isObject } from '../../singer/json.js'
import { isDateTimeText } from './date-time.js'
import { addMember, kinds, newShape, opaqueShape, removeMembers, type Shape } from './shape.js'

/** Deeper values are not looked at. */
const deepest = 64

/** Makes the shape fit this value, too. True when that changed it. */
export function widen(shape: Shape, value: Json, depth = 0): boolean {
  if (value === null || shape.isOpaque) return false
  if (depth > deepest) return setOpaque(shape)
  if (typeof value === 'boolean') return addKind(shape, kinds.boolean)
  if (typeof value === 'string') return widenByString(shape, value)
  if (isArray(value)) return widenByArray(shape, value, depth)
  if (isObject(value)) return widenByObject(shape, value, depth)
  return addKind(shape, isInteger(value) ? kinds.integer : kinds.number)
}

/** Kinds that meet for the first time: from here on a container among them is taken as it is, as one column. */
export function addKind(shape: Shape, kind: number): boolean {
  if (shape.types & kind || (kind === kinds.integer && shape.types & kinds.number)) return false
  shape.types |= kind
  if (kind === kinds.number) shape.types &= ~kinds.integer
  if ((shape.types & (shape.types - 1)) === 0) return true
  shape.isDateTime = false
  shape.others = opaqueShape()
  shape.items = opaqueShape()
  removeMembers(shape, ({ use }) => use === 'keep')
  return true
}

function setOpaque(shape: Shape): boolean {
  shape.isOpaque = true
  return true
}

function widenByString(shape: Shape, value: string): boolean {
  if (shape.types === 0) shape.isDateTime = isDateTimeText(value)
  if (addKind(shape, kinds.string)) return true
  if (!shape.isDateTime || isDateTimeText(value)) return false
  shape.isDateTime = false
  return true
}

function widenByArray(shape: Shape, value: readonly Json[], depth: number): boolean {
  let isWider = addKind(shape, kinds.array)
  shape.items ??= newShape()
  for (const item of value) if (widen(shape.items, item, depth + 1)) isWider = true
  return isWider
}

function widenByObject(shape: Shape, value: JsonObject, depth: number): boolean {
  let isWider = addKind(shape, kinds.object)
  for (const [name, inner] of Object.entries(value)) if (widenByMember(shape, name, inner, depth)) isWider = true
  return isWider
}

function widenByMember(shape: Shape, name: string, value: Json, depth: number): boolean {
  const member = shape.members.get(name)
  if (member) return member.use === 'keep' && widen(member.shape, value, depth + 1)
  if (shape.isClosed) return false
  if (shape.others) return widen(shape.others, value, depth + 1)
  shape.hasGrown = true
  widen(addMember(shape, name).shape, value, depth + 1)
  return true
}

/** As the bytes say it: 1.0 and 1e3 are none. */
function isInteger(value: number | Digits): boolean {
  return !/[.eE]/.test(value instanceof Digits ? value.text : String(value))
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
