import type { JsonSchema } from '../../singer/schema.js'
import { type SchemaSource, schemaOf, shapeOf } from '../../singer/shape/schema.js'
import { settle } from '../../singer/shape/settle.js'
import { addMember, keptMembers, kinds, newShape, opaqueShape, type Shape } from '../../singer/shape/shape.js'
import type { StreamPlan } from '../settings/plan.js'
import { columnName, nestedKeys } from './columns.js'

/** What is known of a stream's columns: those of `include`, which stand first, and those of its records. */
export interface RecordShape {
  readonly included: Shape
  readonly own: Shape
  /** The schema of the record, whatever its properties say. */
  readonly schema: JsonSchema
}

export interface KnownColumns extends Omit<SchemaSource, 'forms'> {
  readonly schema: JsonSchema
  readonly keyProperties: readonly string[]
}

/** Nothing is known but the names that the settings give. */
export function emptyRecordShape(plan: StreamPlan): RecordShape {
  const { included, own } = split(newShape({ types: kinds.object }), plan, [])
  for (const path of nestedKeys(plan)) addMember(own, columnName(path, plan.flatten))
  return { included, own, schema: { type: 'object' } }
}

/** As the catalog has it. */
export function recordShapeOf(plan: StreamPlan, { schema, keyProperties, ...source }: KnownColumns): RecordShape {
  return { ...split(shapeOf(schema, { ...source, forms: ['dateTime'] }), plan, keyProperties), schema }
}

/** From here on these columns keep their names. */
export function recordSchema({ included, own, schema }: RecordShape): JsonSchema {
  settle(included, true)
  settle(own, true)
  const columns = [...keptMembers(included), ...keptMembers(own)]
  return { ...schema, properties: Object.fromEntries(columns.map(({ name, shape }) => [name, schemaOf(shape)])) }
}

function split(all: Shape, { include }: StreamPlan, keys: readonly string[]): Omit<RecordShape, 'schema'> {
  const included = newShape({ types: kinds.object })
  const own: Shape = { ...all, members: new Map(), head: undefined, last: undefined }
  const markOf = (name: string) => (keys.includes(name) ? 1 << keys.indexOf(name) : 0)
  for (const { column } of include) {
    const { shape = newShape(), use = 'keep' } = all.members.get(column) ?? {}
    addMember(included, column, { shape, use, mark: markOf(column) })
    addMember(own, column, { shape: opaqueShape(), use: 'refuse' })
  }
  for (const [name, { shape, use }] of all.members) {
    if (!own.members.has(name)) addMember(own, name, { shape, use, mark: markOf(name) })
  }
  return { included, own }
}
