import { kinds, newShape, type Shape } from '../../singer/shape/shape.js'
import { addKind, deepest, setOpaque, widenMember } from '../../singer/shape/widen.js'
import { BsonType } from '../bson/bson-type.js'
import { type Element, elements, nameOf } from './elements.js'
import { type JsonTypes, subtypeAt } from './json-types.js'
import { widenByType } from './type-shape.js'

/** What is read. */
export interface Reading {
  readonly view: DataView
  readonly types: JsonTypes
}

/** A value of it: a document's own has no name. */
export type Value = Pick<Element, 'type' | 'pos'> & { readonly depth: number }

/** Makes the shape fit this value, too. True when that changed it. */
export function widenByValue(shape: Shape, value: Value, reading: Reading): boolean {
  const { type, pos, depth } = value
  if (shape.isOpaque) return false
  if (type === BsonType.object || type === BsonType.array) {
    if (depth > deepest) return setOpaque(shape)
    return type === BsonType.object ? widenByObject(shape, value, reading) : widenByArray(shape, value, reading)
  }
  const { types, view } = reading
  const known = types.shape(type, subtypeAt(view, type, pos))
  return known !== undefined && widenByType(shape, known)
}

function widenByObject(shape: Shape, { pos, depth }: Value, reading: Reading): boolean {
  let isWider = addKind(shape, kinds.object)
  for (const element of elements(reading.view, pos)) {
    const value = { type: element.type, pos: element.pos, depth: depth + 1 }
    const widenInner = (inner: Shape) => widenByValue(inner, value, reading)
    if (widenMember(shape, nameOf(reading.view, element), widenInner)) isWider = true
  }
  return isWider
}

function widenByArray(shape: Shape, { pos, depth }: Value, reading: Reading): boolean {
  let isWider = addKind(shape, kinds.array)
  shape.items ??= newShape({ wanted: shape.wanted })
  for (const element of elements(reading.view, pos)) {
    if (shape.items.isOpaque) break
    if (widenByValue(shape.items, { type: element.type, pos: element.pos, depth: depth + 1 }, reading)) isWider = true
  }
  return isWider
}
