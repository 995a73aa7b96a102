import { openMembers } from '../../singer/shape/open.js'
import { keptMembers, kinds, opaqueShape, type Shape } from '../../singer/shape/shape.js'
import { addKind, addText, setOpaque, widenMember } from '../../singer/shape/widen.js'

/** Whether each value of a type, which `type` describes, fits. Arrays are none. */
export function fitsType(shape: Shape, type: Shape): boolean {
  if (shape.isOpaque) return true
  if (type.isOpaque || (type.types & ~acceptedBy(shape)) !== 0) return false
  const isText = (type.types & kinds.string) !== 0
  if (isText && shape.form !== 'plain' && shape.form !== type.form) return false
  if ((type.types & kinds.object) === 0) return true
  if (type.others) return isOpen(shape)
  return [...type.members.values()].every((member) => fitsMember(shape, member.name, member.shape))
}

/** Makes them fit. True when that changed the shape. */
export function widenByType(shape: Shape, type: Shape): boolean {
  if (shape.isOpaque) return false
  if (type.isOpaque) return setOpaque(shape)
  let isWider = false
  for (const kind of Object.values(kinds)) {
    if ((type.types & kind) === 0) continue
    if (kind === kinds.string ? addText(shape, type.form) : addKind(shape, kind)) isWider = true
  }
  if ((type.types & kinds.object) === 0) return isWider
  if (type.others) return openObject(shape) || isWider
  for (const { name, shape: inner } of type.members.values()) {
    if (widenMember(shape, name, (known) => widenByType(known, inner))) isWider = true
  }
  return isWider
}

/** Numbers are integers, too. */
function acceptedBy({ types }: Shape): number {
  return types & kinds.number ? types | kinds.integer : types
}

function fitsMember(shape: Shape, name: string, type: Shape): boolean {
  const member = shape.members.get(name)
  if (member) return member.use !== 'keep' || fitsType(member.shape, type)
  return shape.isClosed || (shape.others !== undefined && fitsType(shape.others, type))
}

function isOpen(shape: Shape): boolean {
  return shape.others?.isOpaque === true && keptMembers(shape).length === 0
}

/** From here on it is one column. */
function openObject(shape: Shape): boolean {
  if (isOpen(shape) || shape.isClosed) return false
  shape.others = opaqueShape()
  openMembers(shape)
  return true
}
