import type { Json, JsonObject } from '../../singer/index.js'
import { asObject, isObject, textsOf } from '../../singer/json.js'
import { type JsonSchema, nullable } from '../../singer/schema.js'
import type { Flatten, Path, StreamPlan } from '../settings/plan.js'
import { columnName, nestedKeys, rawColumn } from './columns.js'

/** The schema of the records as they are sent: `include` columns first, and flattened where records are. */
export function declaredSchema(plan: StreamPlan, declared: JsonSchema): JsonSchema {
  const { include, flatten, rawRecord } = plan
  const given = asObject(declared.properties)
  const own = flatten ? flattenedProperties(given, [], flatten) : given
  const included = include.map(({ column }) => [column, own[column] ?? {}] as const)
  const keys = nestedKeys(plan).map((path) => [columnName(path, flatten), at(declared, path)] as const)
  const raw = rawRecord ? { [rawColumn]: nullable('string') } : {}
  return { ...declared, properties: { ...Object.fromEntries([...included, ...keys]), ...own, ...raw } }
}

function flattenedProperties(properties: JsonObject, above: Path, flatten: Flatten): JsonObject {
  const columns = Object.entries(properties).map(([name, schema]) => {
    const path = [...above, name]
    const inner = isObject(schema) ? asObject(schema.properties) : {}
    if (Object.keys(inner).length > 0 && path.length <= flatten.maxDepth)
      return flattenedProperties(inner, path, flatten)
    return { [columnName(path, flatten)]: isContainer(schema) ? nullable('string') : schema }
  })
  return Object.assign({}, ...columns)
}

/** Sent as JSON text. */
function isContainer(schema: Json): boolean {
  return isObject(schema) && textsOf(schema.type).some((type) => type === 'object' || type === 'array')
}

function at(schema: JsonSchema, path: Path): Json {
  let found: Json = schema
  for (const name of path) found = asObject(asObject(found).properties)[name] ?? {}
  return found
}
