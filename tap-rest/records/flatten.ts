import { SourceError } from '../../singer/index.js'
import { OPEN_ARRAY, OPEN_OBJECT } from '../../singer/json-syntax.js'
import type { Flatten, Path } from '../settings/plan.js'
import { columnName } from './columns.js'
import { jsonMembers } from './json-members.js'

export interface FlattenOptions {
  readonly stream: string
  readonly flatten: Flatten
  /** Whether columns of the members of an object under this name are known: a null there needs none of its own. */
  readonly isParent: (column: string) => boolean
}

/**
 * The members of a record as columns, in its order: objects become their members, down to `maxDepth`; deeper ones, lists
 * and what `except` names become their JSON text. An empty object has no column.
 * @throws SourceError when two fields would be one column.
 */
export function flattened(record: Buffer, options: FlattenOptions): ReadonlyMap<string, Buffer> {
  const columns = new Map<string, Buffer>()
  const sources = new Map<string, string>()
  for (const { path, value } of leaves(record, [], options.flatten)) {
    const column = columnName(path, options.flatten)
    const source = path.join('.')
    const other = sources.get(column)
    if (other !== undefined && other !== source) throw clash(options.stream, [other, source], column)
    sources.set(column, source)
    if (value[0] === LETTER_N && options.isParent(column)) continue
    columns.set(column, isContainer(value) ? textOf(value) : value)
  }
  return columns
}

const LETTER_N = 0x6e
const deepest = 100

interface Leaf {
  readonly path: Path
  readonly value: Buffer
}

function* leaves(object: Buffer, at: Path, flatten: Flatten): Generator<Leaf> {
  for (const { name, value } of jsonMembers(object)) {
    const path = [...at, name]
    const isOpen = path.length <= Math.min(flatten.maxDepth, deepest) && !isExcepted(path, flatten)
    if (value[0] === OPEN_OBJECT && isOpen) yield* leaves(value, path, flatten)
    else yield { path, value }
  }
}

function isExcepted(path: Path, flatten: Flatten): boolean {
  if (flatten.except.length === 0) return false
  return [path.join('.'), path.join(flatten.separator), columnName(path, flatten)].some((name) =>
    flatten.except.includes(name),
  )
}

function isContainer(value: Buffer): boolean {
  return value[0] === OPEN_OBJECT || value[0] === OPEN_ARRAY
}

/** JSON text as a JSON string. */
function textOf(value: Buffer): Buffer {
  return Buffer.from(JSON.stringify(value.toString()))
}

function clash(stream: string, [one = '', other = '']: readonly string[], column: string): SourceError {
  return new SourceError(
    `flatten ${stream}: the fields ${one} and ${other} would both be the column ${column}; choose another ` +
      'flatten.separator, or name one of them in flatten.except',
  )
}
