import type { Shape } from '../../singer/shape/shape.js'
import { BsonType } from '../bson/bson-type.js'
import { type Element, elements, nameOf } from './elements.js'

/**
 * The names on the way to each of these positions of a document, which ascend, joined by dots; items of arrays have none.
 * A key that is no member of the shape may be a value, of which there is no end: `*`. One pass, however many they are.
 */
export function pathsAt(view: DataView, positions: readonly number[], shape: Shape): string[] {
  const search: Search = { view, positions, found: [] }
  searchIn(search, { pos: 0, isArray: false, path: '', shape })
  return search.found
}

interface Search {
  readonly view: DataView
  readonly positions: readonly number[]
  readonly found: string[]
}

interface Place {
  readonly pos: number
  readonly isArray: boolean
  readonly path: string
  readonly shape: Shape | undefined
}

function searchIn(search: Search, place: Place): void {
  const { view, positions, found } = search
  for (const element of elements(view, place.pos)) {
    if (found.length === positions.length) return
    if (!isIn(element, positions[found.length])) continue
    const inner = placeIn(view, place, element)
    if (element.type === BsonType.object || element.type === BsonType.array) searchIn(search, inner)
    while (isIn(element, positions[found.length])) found.push(inner.path)
  }
}

/** A value without bytes is at the end of its element. */
function isIn({ start, pos, end }: Element, position = -1): boolean {
  return position > start && (position < end || position === pos)
}

function placeIn(view: DataView, { isArray, path, shape }: Place, element: Element): Place {
  const { pos, type } = element
  const inner = { pos, isArray: type === BsonType.array }
  if (isArray) return { ...inner, path, shape: shape?.items }
  const name = nameOf(view, element)
  const member = shape?.members.get(name)
  const step = member ? name : '*'
  return { ...inner, path: path === '' ? step : `${path}.${step}`, shape: member?.shape ?? shape?.others }
}
