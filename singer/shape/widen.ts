import { Digits, isObject, type Json, type JsonObject } from '../json.js'
import { isDateTimeText } from './date-time.js'
import { openContainers } from './open.js'
import { addMember, kinds, newShape, opaqueShape, type Shape } from './shape.js'
import type { TextForm } from './text-form.js'

/** Deeper values are not looked at. */
export const deepest = 64

/** Makes the shape fit this value, too. True when that changed it. */
export function widen(shape: Shape, value: Json, depth = 0): boolean {
  if (value === null || shape.isOpaque) return false
  if (depth > deepest) return setOpaque(shape)
  if (typeof value === 'boolean') return addKind(shape, kinds.boolean)
  if (typeof value === 'string') return addText(shape, isDateTimeText(value) ? 'dateTime' : 'plain')
  if (isArray(value)) return widenByArray(shape, value, depth)
  if (isObject(value)) return widenByObject(shape, value, depth)
  return addKind(shape, isInteger(value) ? kinds.integer : kinds.number)
}

/** The same of a text. */
export function addText(shape: Shape, form: TextForm): boolean {
  if (shape.types === 0) shape.form = form
  if (addKind(shape, kinds.string)) return true
  if (shape.form === 'plain' || shape.form === form) return false
  shape.form = 'plain'
  return true
}

/** Kinds that meet for the first time: from here on a container among them is taken as it is, as one column. */
export function addKind(shape: Shape, kind: number): boolean {
  if (shape.types & kind || (kind === kinds.integer && shape.types & kinds.number)) return false
  shape.types |= kind
  if (kind === kinds.number) shape.types &= ~kinds.integer
  if ((shape.types & (shape.types - 1)) === 0) return true
  shape.form = 'plain'
  openContainers(shape)
  return true
}

export function setOpaque(shape: Shape): boolean {
  shape.isOpaque = true
  return true
}

function widenByArray(shape: Shape, value: readonly Json[], depth: number): boolean {
  let isWider = addKind(shape, kinds.array)
  shape.items ??= newShape({ wanted: shape.wanted })
  for (const item of value) if (widen(shape.items, item, depth + 1)) isWider = true
  return isWider
}

function widenByObject(shape: Shape, value: JsonObject, depth: number): boolean {
  let isWider = addKind(shape, kinds.object)
  for (const [name, inner] of Object.entries(value)) {
    if (widenMember(shape, name, (known) => widen(known, inner, depth + 1))) isWider = true
  }
  return isWider
}

/** Makes a value of this key fit, by `widenInner`; false, without a call, where the key is left out. */
export function widenMember(shape: Shape, name: string, widenInner: (inner: Shape) => boolean): boolean {
  const member = shape.members.get(name)
  if (member) return member.use === 'keep' && widenInner(member.shape)
  if (shape.isClosed) return false
  const { others, wanted } = shape
  if (others) return widenInner(others)
  const below = wanted && { ...wanted, path: wanted.path === '' ? name : `${wanted.path}.${name}` }
  if (below && !below.isWanted(below.path)) {
    addMember(shape, name, { shape: opaqueShape(), use: 'drop' })
    return false
  }
  shape.hasGrown = true
  widenInner(addMember(shape, name, { shape: newShape({ wanted: below }) }).shape)
  return true
}

/** As the bytes say it: 1.0 and 1e3 are none. */
function isInteger(value: number | Digits): boolean {
  return !/[.eE]/.test(value instanceof Digits ? value.text : String(value))
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
