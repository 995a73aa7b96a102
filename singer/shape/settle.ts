import { leavesOut } from './open.js'
import { addMember, kinds, type Member, newShape, opaqueShape, removeMembers, type Shape } from './shape.js'
import type { TextForm } from './text-form.js'
import { addKind } from './widen.js'

/** An object with more keys than this, which look like identifiers, is a map: what its keys say are values. */
const mapKeys = 50
/** With more than this, whatever they look like. */
const anyMapKeys = 1000

/**
 * Before a SCHEMA says what the shape is. From then on no column changes its name: a place where only nulls or only empty
 * objects were takes whatever comes, as it is. But for objects that turn out to be maps, which would grow for ever: these
 * become one column.
 */
export function settle(shape: Shape, isRoot = false): void {
  if (shape.hasGrown && !isRoot && isMap(shape)) mergeMembers(shape)
  for (const { shape: inner } of shape.members.values()) settle(inner)
  if (shape.others) settle(shape.others)
  if (shape.items) settle(shape.items)
  if (shape.isFixed) return
  shape.isFixed = true
  if (isRoot) return
  if (shape.types === 0) shape.isOpaque = true
  if (shape.members.size === 0) shape.others ??= opaqueShape()
}

function isMap({ types, isDeclared, members }: Shape): boolean {
  if (members.size <= mapKeys || types !== kinds.object || isDeclared) return false
  const likely = [...members.keys()].filter((name) => identifiers.some((pattern) => pattern.test(name)))
  return likely.length >= 0.9 * members.size || members.size > anyMapKeys
}

/** Numbers, dates and times; UUIDs, hashes; keys such as `cus_9s6XKzkNRiz8i3`, addresses. */
const identifiers = [/^\d[\dTZ.:/+-]*$/, /^[\da-f-]{16,}$/i, /^(?=.*\d.*\d)[\w-]{10,}$/, /@/]

function mergeMembers(shape: Shape): void {
  const others = newShape()
  const isValue = ({ shape: inner, use }: Member) => use === 'keep' && !leavesOut(inner)
  for (const member of shape.members.values()) if (isValue(member)) merge(others, member.shape)
  removeMembers(shape, isValue)
  shape.others = others
}

function merge(into: Shape, from: Shape): void {
  into.form = commonForm(into, from)
  for (const kind of Object.values(kinds)) if (from.types & kind) addKind(into, kind)
  if (from.isOpaque) into.isOpaque = true
  into.others = merged(into.others, from.others)
  into.items = merged(into.items, from.items)
  if (into.types !== kinds.object) return
  for (const [name, { shape }] of from.members) merge((into.members.get(name) ?? addMember(into, name)).shape, shape)
}

function merged(into: Shape | undefined, from: Shape | undefined): Shape | undefined {
  if (into && from) merge(into, from)
  return into ?? from
}

function commonForm(a: Shape, b: Shape): TextForm {
  if ((a.types & kinds.string) === 0) return b.form
  if ((b.types & kinds.string) === 0) return a.form
  return a.form === b.form ? a.form : 'plain'
}
