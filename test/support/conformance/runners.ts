import { isObject, type JsonObject } from '../../../singer/json.js'
import type { Entry, WireCatalog } from './wire.js'

/** Root metadata by stream, in the words of the catalog: `{ 'shop-orders': { 'replication-method': 'FULL_TABLE' } }`. */
export type Selection = Readonly<Record<string, JsonObject>>

/** What a person types into the output of --discover: root metadata. Booleans are texts in the spec's own examples. */
export function byHand(catalog: WireCatalog, selection: Selection): WireCatalog {
  return withEntries(catalog, (entry) => {
    const chosen = selection[entry.tap_stream_id]
    return withMetadata(entry, [], chosen ? { selected: 'true', ...chosen } : { selected: 'false' })
  })
}

/**
 * Nodes are first all deselected, then selected by pattern; rules go into the metadata and, with underscores, onto the
 * stream. A property without an entry would become automatic.
 * https://github.com/meltano/meltano/blob/main/src/meltano/core/plugin/singer/catalog.py
 */
export function asMeltano(catalog: WireCatalog, selection: Selection): WireCatalog {
  return withEntries(catalog, (entry) => {
    const selected = entry.tap_stream_id in selection
    const rules = selection[entry.tap_stream_id] ?? {}
    const onStream = Object.entries(rules).map(([key, value]) => [key.replaceAll('-', '_'), value])
    const metadata = entry.metadata.map(({ breadcrumb, metadata: node }) => ({
      breadcrumb,
      metadata: { ...node, ...(breadcrumb.length === 0 ? rules : {}), selected },
    }))
    return { ...entry, selected, ...Object.fromEntries(onStream), metadata: [...metadata, ...missing(entry)] }
  })
}

/** https://github.com/transferwise/pipelinewise/blob/master/pipelinewise/cli/tap_properties.py */
export function asPipelinewise(catalog: WireCatalog, selection: Selection): WireCatalog {
  return withEntries(catalog, (entry) => {
    const chosen = selection[entry.tap_stream_id]
    const node = chosen ? { selected: true, ...chosen } : { selected: false }
    return { ...withMetadata(entry, [], node), schema: withoutMultipleOf(entry.schema) }
  })
}

export function withEntries(catalog: WireCatalog, change: (entry: Entry) => Entry): WireCatalog {
  return { ...catalog, streams: catalog.streams.map(change) }
}

/** The entry with these keys in the metadata of one node. */
export function withMetadata(entry: Entry, breadcrumb: readonly string[], node: JsonObject): Entry {
  const isNode = (each: { readonly breadcrumb: readonly string[] }) => `${each.breadcrumb}` === `${breadcrumb}`
  const old = entry.metadata.find(isNode)?.metadata ?? {}
  const rest = entry.metadata.filter((each) => !isNode(each))
  return { ...entry, metadata: [{ breadcrumb, metadata: { ...old, ...node } }, ...rest] }
}

/** Where each property of a schema stands, at every depth. */
export function breadcrumbsOf(schema: JsonObject, parent: readonly string[] = []): string[][] {
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : []
  return properties.flatMap(([name, property]) => {
    const breadcrumb = [...parent, 'properties', name]
    return [breadcrumb, ...(isObject(property) ? breadcrumbsOf(property, breadcrumb) : [])]
  })
}

function missing(entry: Entry) {
  const known = new Set(entry.metadata.map(({ breadcrumb }) => `${breadcrumb}`))
  return breadcrumbsOf(entry.schema)
    .filter((breadcrumb) => !known.has(`${breadcrumb}`))
    .map((breadcrumb) => ({ breadcrumb, metadata: { inclusion: 'automatic' } }))
}

function withoutMultipleOf(schema: JsonObject): JsonObject {
  const kept = Object.entries(schema).filter(([key]) => key !== 'multipleOf')
  return Object.fromEntries(kept.map(([key, value]) => [key, isObject(value) ? withoutMultipleOf(value) : value]))
}
