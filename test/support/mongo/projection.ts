import { BsonType } from '../../../tap-mongo/bson/bson-type.js'
import type { RawValue } from '../../../tap-mongo/bson/raw-value.js'
import { documentOf, type Element, elements } from './elements.js'
import { Refusal } from './refusal.js'

/** Inclusion or exclusion of fields, dotted ones too; an empty projection gives the document's own bytes. */
export function projector(projection: Buffer): (document: Buffer) => Buffer {
  const fields = elements(projection)
  if (fields.length === 0) return (document) => document
  const [first = fields[0]] = fields.filter(({ name }) => name !== '_id')
  const isInclusion = first !== undefined && numericValue(first) !== 0
  const tree = newTree()
  if (isInclusion) grow(tree, ['_id'])
  for (const one of fields) {
    const isWanted = numericValue(one) !== 0
    if (isWanted === isInclusion) grow(tree, one.name.split('.'))
    else if (one.name === '_id') tree.delete('_id')
    else throw new Refusal(31254, 'Location31254', `Cannot mix inclusion and exclusion on field ${one.name}`)
  }
  const keep = isInclusion ? included : excluded
  return (document) => documentOf(keep(elements(document), tree))
}

/** Of a field that says how: 1, 0, -1, true, false. */
export function numericValue({ type, bytes }: RawValue): number {
  switch (type) {
    case BsonType.double:
      return bytes.readDoubleLE(0)
    case BsonType.int32:
      return bytes.readInt32LE(0)
    case BsonType.int64:
      return Number(bytes.readBigInt64LE(0))
    case BsonType.boolean:
      return bytes[0] ?? 0
    default:
      throw new Refusal(2, 'BadValue', 'projections and sorts by expression are not supported here')
  }
}

/** Field → what of it; an empty tree is all of it. */
type Tree = Map<string, Tree>

function newTree(): Tree {
  return new Map()
}

function grow(tree: Tree, [name = '', ...rest]: readonly string[]): void {
  const branch = tree.get(name) ?? newTree()
  tree.set(name, branch)
  if (rest.length > 0) grow(branch, rest)
}

function included(fields: readonly Element[], tree: Tree): Element[] {
  return fields.flatMap((one) => {
    const branch = tree.get(one.name)
    if (branch === undefined) return []
    return branch.size === 0 ? [one] : within(one, (inside) => included(inside, branch), 'drop')
  })
}

function excluded(fields: readonly Element[], tree: Tree): Element[] {
  return fields.flatMap((one) => {
    const branch = tree.get(one.name)
    if (branch === undefined) return [one]
    return branch.size === 0 ? [] : within(one, (inside) => excluded(inside, branch), 'keep')
  })
}

// Arrays are looked through; of what is no document nothing is included and all is kept.
function within(one: Element, apply: (inside: Element[]) => Element[], scalars: 'drop' | 'keep'): Element[] {
  if (one.type === BsonType.object) return [{ ...one, bytes: documentOf(apply(elements(one.bytes))) }]
  if (one.type !== BsonType.array) return scalars === 'keep' ? [one] : []
  const inside = elements(one.bytes).flatMap((element) => within(element, apply, scalars))
  return [{ ...one, bytes: documentOf(inside.map((element, index) => ({ ...element, name: String(index) }))) }]
}
