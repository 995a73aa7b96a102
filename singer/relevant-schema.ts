import { asObject, isObject, type Json, type JsonObject } from './json.js'
import type { JsonSchema } from './schema.js'

/**
 * The part of the schema that says something about these values: to compile the whole schema of a large set of settings
 * takes longer than everything else at a start. What is left out is absent from the values and has no default.
 */
export function relevantSchema(schema: JsonSchema, values: readonly Json[]): JsonSchema {
  const { properties, additionalProperties, items } = schema
  const objects = values.filter(isObject)
  const known = asObject(properties)
  const others = objects.flatMap((object) =>
    Object.keys(object)
      .filter((key) => !Object.hasOwn(known, key))
      .map((key) => object[key] ?? null),
  )
  return {
    ...schema,
    ...(isObject(properties) && {
      properties: relevantProperties(properties, objects),
      [knownKeys]: Object.keys(known),
    }),
    ...(isObject(additionalProperties) && { additionalProperties: relevantSchema(additionalProperties, others) }),
    ...(isObject(items) && {
      items: relevantSchema(
        items,
        values.flatMap((value) => (Array.isArray(value) ? value : [])),
      ),
    }),
  }
}

/** The names of all properties, those left out included. */
export const knownKeys = 'knownKeys'

function relevantProperties(properties: JsonObject, objects: readonly JsonObject[]): JsonObject {
  const entries = Object.entries(properties).flatMap(([key, property]): (readonly [string, Json])[] => {
    const given = objects.filter((object) => Object.hasOwn(object, key)).map((object) => object[key] ?? null)
    if (given.length === 0) return isObject(property) && property.default !== undefined ? [[key, property]] : []
    return [[key, isObject(property) ? relevantSchema(property, given) : property]]
  })
  return Object.fromEntries(entries)
}
