import { viewOf } from '../bytes.js'
import type { JsonSchema } from '../schema.js'
import type { IsWanted } from '../select-unknown.js'
import type { TextForm } from './text-form.js'

/** What is known of the values at one place of a stream's records. It grows and never shrinks; null always fits. */
export interface Shape {
  /** The `kinds` of value that fit, as bits; 0: nothing but null was seen so far. */
  types: number
  /** What every string so far is. */
  form: TextForm
  /** Every value fits, and nothing in it is looked at. */
  isOpaque: boolean
  /** A SCHEMA has it, or the catalog: columns that it means must keep their names. */
  isFixed: boolean
  /** The schema was declared: `keywords` is all of it, and says more than `types`. */
  isDeclared: boolean
  /** It is no column of its own, nor is anything in it: no SCHEMA has it. */
  isHidden: boolean
  /** It got members from records, so its keys may be values: see settle. */
  hasGrown: boolean
  /** In the order of the columns. */
  members: Map<string, Member>
  /** What came first in the last object: a guess. */
  first: Member | undefined
  /** The first and the last of the members. */
  head: Member | undefined
  last: Member | undefined
  /** Of keys that are no members; undefined: such a key becomes one. */
  others: Shape | undefined
  /** Keys that are no members are left out. */
  isClosed: boolean
  /** Which keys the user wants of those that would become members; undefined: all. */
  wanted: Wanted | undefined
  items: Shape | undefined
  /** What the schema says beside types, properties and items. */
  keywords: JsonSchema
}

/** Of what is at this path; '' is the record. */
export interface Wanted {
  readonly path: string
  readonly isWanted: IsWanted
}

/** A key of an object. */
export interface Member {
  readonly name: string
  /** `"name":`, as most JSON has it. */
  readonly label: DataView
  /** The name in UTF-8 and a zero byte, as BSON has it. */
  readonly cstring: DataView
  readonly shape: Shape
  readonly use: Use
  /** Not 0: by this number its presence in a record is noted. */
  readonly mark: number
  /** What came after it in the last object: a guess. */
  next: Member | undefined
  /** The member behind it, which comes after it where keys are left out now and then. */
  following: Member | undefined
}

/** `drop`: the user deselected it; `refuse`: an `include` column has this name. */
export type Use = 'keep' | 'drop' | 'refuse'

export const kinds = { boolean: 1, integer: 2, number: 4, string: 8, object: 16, array: 32 } as const
export const anyKind = 63

export function newShape(given: Partial<Shape> = {}): Shape {
  return {
    types: 0,
    form: 'plain',
    isOpaque: false,
    isFixed: false,
    isDeclared: false,
    isHidden: false,
    hasGrown: false,
    members: new Map(),
    first: undefined,
    head: undefined,
    last: undefined,
    others: undefined,
    isClosed: false,
    wanted: undefined,
    items: undefined,
    keywords: {},
    ...given,
  }
}

export function opaqueShape(): Shape {
  return newShape({ isOpaque: true, isFixed: true })
}

export function addMember(shape: Shape, name: string, { use = 'keep', mark = 0, ...given }: MemberGiven = {}): Member {
  const label = viewOf(Buffer.from(`${JSON.stringify(name)}:`))
  const cstring = viewOf(Buffer.from(`${name}\0`))
  const guesses = { next: undefined, following: undefined }
  const member: Member = { name, label, cstring, shape: given.shape ?? newShape(), use, mark, ...guesses }
  shape.members.set(name, member)
  if (shape.last) shape.last.following = member
  else shape.head = member
  shape.last = member
  return member
}

/** The others stay, in their order; what was guessed is forgotten. */
export function removeMembers(shape: Shape, isGone: (member: Member) => boolean): void {
  const kept = [...shape.members.values()].filter((member) => !isGone(member))
  shape.members.clear()
  shape.first = undefined
  shape.head = undefined
  shape.last = undefined
  for (const { name, ...member } of kept) addMember(shape, name, member)
}

type MemberGiven = Partial<Pick<Member, 'shape' | 'use' | 'mark'>>

/** Those that are columns, or become columns where objects are flattened. */
export function keptMembers({ members }: Shape): Member[] {
  return [...members.values()].filter(({ use, shape }) => use === 'keep' && !shape.isHidden)
}
