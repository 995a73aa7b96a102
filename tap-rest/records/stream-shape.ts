import { type Json, type JsonObject, parseJson } from '../../singer/index.js'
import { asObject } from '../../singer/json.js'
import type { JsonSchema } from '../../singer/schema.js'
import { removeMembers, type Shape } from '../../singer/shape/shape.js'
import { widen } from '../../singer/shape/widen.js'
import type { StreamPlan } from '../settings/plan.js'
import { includedObject, withoutCuts } from './included.js'
import { type ToColumns, toColumns } from './record-columns.js'
import { type RecordShape, recordSchema } from './shape-record.js'
import { ShapeWalk } from './shape-walk.js'

export interface Included {
  /** Of a JSON object, without its braces. */
  readonly members: Buffer
  /** The `mark`s of those that are not null. */
  readonly keys: number
  /** Their values are new. */
  readonly isWider: boolean
}

/** Holds the records of a stream against what is known of it. */
export class StreamShape {
  readonly #plan: StreamPlan
  readonly #shape: RecordShape
  readonly #toColumns: ToColumns | undefined
  readonly #parents = new Map<string, boolean>()

  constructor(plan: StreamPlan, shape: RecordShape) {
    this.#plan = plan
    this.#shape = shape
    this.#toColumns = toColumns(plan)
  }

  /** What was seen so far; from here on its columns keep their names. */
  schema(): JsonSchema {
    if (this.#plan.flatten) this.#dropParents(this.#shape.own)
    return recordSchema(this.#shape)
  }

  /** The record as it is sent, but for what is left out. Valid as long as `record`. */
  columns(record: Buffer): Buffer {
    return this.#toColumns ? this.#toColumns(record, (column) => this.#isParent(column)) : record
  }

  /** Looks at the columns of a record: what it finds, and whether something is new, is in `walk`. */
  examine(columns: Buffer, walk: ShapeWalk): void {
    walk.over(columns, this.#shape.own)
  }

  /** True when the columns of this record changed what is known. */
  widen(columns: Buffer): boolean {
    const isWider = widen(this.#shape.own, parsed(columns))
    if (isWider) this.#parents.clear()
    return isWider
  }

  /** The `include` columns of a page. */
  include(values: readonly Json[]): Included {
    const { included } = this.#shape
    const columns = includedObject(this.#plan.include, values)
    const isWider = widen(included, parsed(columns))
    const walk = new ShapeWalk()
    walk.over(columns, included)
    return { members: withoutCuts(columns, walk.cuts), keys: walk.keys, isWider }
  }

  /** Where only nulls were, beside the members of objects: those nulls are objects, too. */
  #dropParents(own: Shape): void {
    removeMembers(own, ({ name, shape, use }) => {
      return use === 'keep' && !shape.isFixed && shape.types === 0 && this.#hasMembers(name)
    })
    this.#parents.clear()
  }

  /** Flattened objects have no column of their own name, unless somebody said so. */
  #isParent(column: string): boolean {
    const known = this.#parents.get(column)
    if (known !== undefined) return known
    const isParent = !this.#shape.own.members.has(column) && this.#hasMembers(column)
    this.#parents.set(column, isParent)
    return isParent
  }

  #hasMembers(column: string): boolean {
    const prefix = `${column}${this.#plan.flatten?.separator}`
    return [...this.#shape.own.members.keys()].some((name) => name.startsWith(prefix))
  }
}

function parsed(columns: Buffer): JsonObject {
  return asObject(parseJson(columns.toString()))
}
