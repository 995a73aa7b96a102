import { abbreviated } from './abbreviate.js'
import { isMetadataName, type MetadataName, metadataNames } from './metadata-columns.js'
import { nullableDateTime, type Shape } from './shape.js'

/** One CSV column, flattened from the SCHEMA. */
export interface Column {
  /** The header's text. */
  readonly name: string
  /** Property names from the record's root to the value; empty for a column that the target adds. */
  readonly path: readonly string[]
}

export interface Flatten {
  /** How many levels of nested objects become columns of their own; deeper ones are JSON text. 0: none. */
  readonly depth: number
  readonly separator: string
  /** A name of this length or more is abbreviated. */
  readonly maxKeyLength: number
}

export interface LayoutOptions {
  readonly flatten: Flatten
  /** Sorts the columns at each level of the SCHEMA, as pipelinewise does; else they stand in the SCHEMA's order. */
  readonly isSorted: boolean
  readonly hasMetadata: boolean
  readonly hasExtra: boolean
}

/** A property of the SCHEMA at any depth. */
export interface Property {
  readonly path: readonly string[]
  readonly shape: Shape
  /** Position of the property that holds this one; -1: the record itself. */
  readonly parent: number
  /** Its children are columns, it is none itself. */
  readonly isParent: boolean
}

/** Where a column's values come from: a property, by position; what the target knows; properties beside the SCHEMA. */
export type Source = number | MetadataName | 'extra'

export interface Layout {
  /** A parent stands before its descendants, and nothing else between them. */
  readonly properties: readonly Property[]
  readonly columns: readonly Column[]
  /** One for each column. */
  readonly sources: readonly Source[]
}

export function layoutOf(shape: Shape, options: LayoutOptions): Layout {
  const layout = { properties: [], sources: [], options }
  const added = options.hasMetadata ? metadataNames.filter((name) => !shape.properties.has(name)) : []
  lay(layout, { path: [], parent: -1, members: [...shape.properties, ...added.map(metadataMember)] })
  const sources = options.hasExtra ? [...layout.sources, 'extra' as const] : layout.sources
  return { properties: layout.properties, sources, columns: named(layout.properties, sources, options.flatten) }
}

interface Draft {
  readonly properties: Property[]
  readonly sources: Source[]
  readonly options: LayoutOptions
}

type Member = readonly [string, Shape | MetadataName]

interface Level {
  readonly path: readonly string[]
  readonly parent: number
  readonly members: readonly Member[]
}

/** A tap that reads a log says in the record when the row was deleted. */
function metadataMember(name: MetadataName): Member {
  return [name, name === '_sdc_deleted_at' ? nullableDateTime : name]
}

function lay(draft: Draft, level: Level) {
  for (const [key, shape] of draft.options.isSorted ? level.members.toSorted(byCodePoint) : level.members) {
    if (typeof shape === 'string') draft.sources.push(shape)
    else layProperty(draft, { path: [...level.path, key], shape, parent: level.parent })
  }
}

function layProperty(draft: Draft, property: Omit<Property, 'isParent'>) {
  const { path, shape } = property
  const isParent = path.length <= draft.options.flatten.depth && isNested(shape)
  const position = draft.properties.push({ ...property, isParent }) - 1
  if (isParent) lay(draft, { path, parent: position, members: [...shape.properties] })
  else draft.sources.push(position)
}

function isNested({ types, properties }: Shape): boolean {
  return properties.size > 0 && types.has('object') && [...types].every((type) => type === 'object' || type === 'null')
}

/** As Python sorts; the order of UTF-16 units is another one. */
function byCodePoint([a]: Member, [b]: Member): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/**
 * Unique names. Where two are equal, as of `a__b` beside `a: {b}`, the property nearest to the root has the name and the
 * other one a number after it, whatever their order in the SCHEMA.
 */
function named(properties: readonly Property[], sources: readonly Source[], flatten: Flatten): readonly Column[] {
  const drafts = sources.map((source) => draftColumn(properties, source, flatten))
  const taken = new Set<string>()
  const names = new Map<Column, string>()
  for (const draft of drafts.toSorted(byDepthThenPath)) names.set(draft, unique(draft.name, taken))
  return drafts.map((draft) => ({ name: names.get(draft) ?? draft.name, path: draft.path }))
}

function draftColumn(properties: readonly Property[], source: Source, flatten: Flatten): Column {
  if (typeof source === 'string') return { name: isMetadataName(source) ? source : '_extra', path: [] }
  const path = properties[source]?.path ?? []
  return { name: abbreviated(path, flatten.separator, flatten.maxKeyLength), path }
}

function byDepthThenPath(a: Column, b: Column): number {
  const depth = (column: Column) => column.path.length || Number.POSITIVE_INFINITY
  if (depth(a) !== depth(b)) return depth(a) < depth(b) ? -1 : 1
  const [textA, textB] = [JSON.stringify(a.path), JSON.stringify(b.path)]
  return textA < textB ? -1 : Number(textA > textB)
}

function unique(name: string, taken: Set<string>): string {
  let candidate = name
  for (let number = 2; taken.has(candidate); number++) candidate = `${name}_${number}`
  taken.add(candidate)
  return candidate
}
