import { asObject, isObject, type Json, type JsonObject } from './json.js'

export type Breadcrumb = readonly string[]

/** A property of a stream's schema, at any depth. */
export interface Property {
  /** `['properties', name, 'properties', …]`; arrays add `'items'`. */
  readonly breadcrumb: Breadcrumb
  readonly name: string
  readonly schema: JsonObject
}

export function idOf(entry: JsonObject): string {
  return String(entry.tap_stream_id ?? entry.stream)
}

/** Looks up the metadata of a node: `[]` is the stream. */
export function metadataOf(entry: JsonObject): (breadcrumb: Breadcrumb) => JsonObject {
  const entries = Array.isArray(entry.metadata) ? entry.metadata.filter(isObject) : []
  const known = new Map(entries.map(({ breadcrumb, metadata }) => [keyOf(breadcrumb), asObject(metadata)]))
  return (breadcrumb) => known.get(keyOf(breadcrumb)) ?? {}
}

/** Of the stream itself. */
export function rootMetadataOf({ metadata }: JsonObject): JsonObject {
  const nodes = Array.isArray(metadata) ? metadata.filter(isObject) : []
  return asObject(nodes.findLast(({ breadcrumb }) => keyOf(breadcrumb) === '[]')?.metadata)
}

/** The properties directly below a schema, and below the items of an array. */
export function propertiesOf(schema: JsonObject, at: Breadcrumb = []): Property[] {
  const own = Object.entries(asObject(schema.properties)).map(([name, property]) => {
    return { breadcrumb: [...at, 'properties', name], name, schema: asObject(property) }
  })
  return isObject(schema.items) ? [...own, ...propertiesOf(schema.items, [...at, 'items'])] : own
}

/** At every depth, each before those within it. */
export function allProperties(schema: JsonObject, at: Breadcrumb = []): Property[] {
  return propertiesOf(schema, at).flatMap((property) => {
    return [property, ...allProperties(property.schema, property.breadcrumb)]
  })
}

/** The names on the way to each node on the way, joined by dots, as select patterns see them: `a`, `a.b`, `a.b.c`. */
export function pathsOf(breadcrumb: Breadcrumb): string[] {
  const paths: string[] = []
  for (let i = 0; i < breadcrumb.length; i++) {
    if (breadcrumb[i] === 'items') continue
    const name = breadcrumb[++i] ?? ''
    paths.push(paths.length === 0 ? name : `${paths.at(-1)}.${name}`)
  }
  return paths
}

/** Booleans come as strings, too: the spec's own examples have them. */
export function booleanOf(value: Json | undefined): boolean | undefined {
  const text = typeof value === 'string' ? value.toLowerCase() : value
  if (text === true || text === 'true') return true
  return text === false || text === 'false' ? false : undefined
}

function keyOf(breadcrumb: Json | undefined): string {
  return JSON.stringify(breadcrumb ?? [])
}
