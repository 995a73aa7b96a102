import { isObject, type Json } from '../../singer/index.js'
import type { StreamSettings } from './config-stream.js'
import { parsePath } from './path.js'
import type { Include, PartitionPlan } from './plan.js'
import { type Planning, templateAt } from './planning.js'
import type { Template } from './template.js'

export function partitionPlan({ problems }: Planning, place: string, settings: StreamSettings): PartitionPlan {
  const { parent, list, chunk } = settings
  const needsParent = { chunk, child_of_changed: settings.child_of_changed }
  for (const [key, value] of Object.entries(needsParent)) {
    if (value !== undefined && parent === undefined) problems.add(`${place}.${key}`, 'needs parent')
  }
  if (settings.state === 'per_parent' && parent === undefined && list === undefined) {
    problems.add(`${place}.state`, 'per_parent needs parent or list')
  }
  if (chunk !== undefined && settings.state === 'per_parent') {
    problems.add(`${place}.chunk`, 'and state: per_parent exclude each other: one request is for several parents')
  }
  return {
    ...(parent !== undefined && { parent }),
    ...(list !== undefined && { list }),
    ...(chunk !== undefined && { chunk }),
    concurrency: settings.concurrency ?? 1,
    state: settings.state ?? 'global',
    childOfChanged: settings.child_of_changed ?? false,
  }
}

/** `{column: value}`, where a name without braces is a field of the parent; or a list of such fields. */
export function includePlan(planning: Planning, place: string, settings: StreamSettings): Include[] {
  const { include } = settings
  if (include === undefined) return []
  const entries = Array.isArray(include)
    ? listed(planning, place, include)
    : isObject(include)
      ? Object.entries(include)
      : undefined
  if (entries === undefined) {
    planning.problems.add(place, 'must be an object {column: value} or a list of fields of the parent')
    return []
  }
  checkClashes(planning, place, { columns: entries.map(([column]) => column), schema: settings.schema })
  return entries.flatMap(([column, value]) => {
    const at = `${place}.${column}`
    const template = isField(value)
      ? fieldOfParent(planning, at, { field: value, settings })
      : templateAt(planning, at, value)
    return template ? [{ column, value: template }] : []
  })
}

function isField(value: Json): value is string {
  return typeof value === 'string' && !/[{}]/.test(value)
}

function listed({ problems }: Planning, place: string, fields: readonly Json[]): [string, Json][] {
  return fields.flatMap((field, index): [string, Json][] => {
    if (isField(field)) return [[`_parent_${field.replaceAll(/[^\w]+/g, '_')}`, field]]
    problems.add(`${place}.${index}`, 'must be the name of a field of the parent')
    return []
  })
}

function fieldOfParent(
  planning: Planning,
  place: string,
  { field, settings }: { field: string; settings: StreamSettings },
): Template | undefined {
  if (settings.parent === undefined) {
    planning.problems.add(
      place,
      `${field} means {parent.${field}}, but the stream has no parent; of the request take {params.${field}}`,
    )
    return undefined
  }
  const path = planning.problems.attempt(place, () => parsePath(field))
  const steps = path?.map((name) => `["${name.replaceAll(/["\\]/g, '\\$&')}"]`).join('')
  return path && templateAt(planning, place, `{parent${steps}}`)
}

function checkClashes(
  { problems }: Planning,
  place: string,
  { columns, schema }: { columns: readonly string[]; schema: Json | undefined },
): void {
  const declared = isObject(schema) && isObject(schema.properties) ? Object.keys(schema.properties) : []
  columns.forEach((column, index) => {
    if (columns.indexOf(column) < index) problems.add(place, `two columns would be named ${column}`)
    if (declared.includes(column))
      problems.add(`${place}.${column}`, 'is a column of the schema, too; choose another name')
  })
}
