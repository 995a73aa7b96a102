import { addMember, anyKind, newShape, opaqueShape, removeMembers, type Shape } from './shape.js'

/** Containers at this place are taken as they are, as one column; but what was left out of them still is. */
export function openContainers(shape: Shape): void {
  shape.items = opened(shape.items)
  shape.others = opaqueShape()
  openMembers(shape)
}

/** Objects at this place are. */
export function openMembers(shape: Shape): void {
  const members = [...shape.members.values()]
  removeMembers(shape, () => true)
  for (const { name, ...member } of members) {
    if (member.use !== 'keep') addMember(shape, name, member)
    else if (shape.isClosed || leavesOut(member.shape)) addMember(shape, name, { shape: opened(member.shape) })
  }
}

/** Something is left out of what is at this place. */
export function leavesOut({ isClosed, members, items }: Shape): boolean {
  if (isClosed || (items && leavesOut(items))) return true
  for (const { use, shape } of members.values()) if (use !== 'keep' || leavesOut(shape)) return true
  return false
}

/** Everything fits; no SCHEMA says what is in it. */
function opened(shape: Shape | undefined): Shape {
  if (!shape || !leavesOut(shape)) return newShape({ isOpaque: true, isFixed: true, isHidden: true })
  const all = newShape({ ...shape, types: anyKind, form: 'plain', isFixed: true, isHidden: true, keywords: {} })
  all.members = new Map(shape.members)
  openContainers(all)
  return all
}
