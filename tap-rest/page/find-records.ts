import type { Path } from '../settings/plan.js'
import { isTreeObject, type Tree, type TreeObject } from './json-tree.js'

/** A guess, and whether it rests on a record that was seen. */
export interface Guess {
  readonly path: Path
  readonly isSure: boolean
}

/**
 * Where the records of a body seem to be: the least nested array of objects, at equal depth one that is named as the
 * stream, or else as such arrays use to be. Without any, the body is a record, unless it holds an empty array of such a name, or nothing.
 */
export function guessRecords(body: Tree, stream: string): Guess {
  if (!isTreeObject(body)) return { path: [], isSure: Array.isArray(body) && body.length > 0 }
  const names = [stream.toLowerCase(), ...usualNames]
  const empty: Member[] = []
  for (let level = membersOf(body, [], names); level.length > 0; level = level.flatMap((each) => inner(each, names))) {
    const lists = level.filter(({ value }) => Array.isArray(value) && value.length > 0 && value.every(isTreeObject))
    const list = firstNamed(lists, names) ?? lists[0]
    if (list !== undefined) return { path: list.path, isSure: true }
    empty.push(...level.filter(({ value }) => Array.isArray(value) && value.length === 0))
  }
  const list = firstNamed(empty, names) ?? (Object.keys(body).length === 1 ? empty[0] : undefined)
  return list === undefined ? { path: [], isSure: Object.keys(body).length > 0 } : { path: list.path, isSure: false }
}

const usualNames = (
  'data items results records value values entries rows objects list content hits nodes edges entities resources ' +
  'elements collection payload'
).split(' ')

/** What stands beside records. */
const asides = new Set(
  (
    'errors error warnings messages links _links meta metadata _meta pagination paging page extensions included ' +
    'facets aggregations'
  ).split(' '),
)

interface Member {
  readonly path: Path
  readonly name: string
  readonly value: Tree
}

function membersOf(object: TreeObject, path: Path, names: readonly string[]): Member[] {
  return Object.entries(object)
    .map(([key, value]) => ({ path: [...path, key], name: key.toLowerCase(), value }))
    .filter(({ name }) => name === names[0] || !asides.has(name))
}

function inner({ path, value }: Member, names: readonly string[]): Member[] {
  return isTreeObject(value) ? membersOf(value, path, names) : []
}

function firstNamed(members: readonly Member[], names: readonly string[]): Member | undefined {
  for (const name of names) {
    const found = members.find((member) => member.name === name)
    if (found !== undefined) return found
  }
  return undefined
}
