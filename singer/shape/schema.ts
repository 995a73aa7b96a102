import { pathsOf } from '../catalog-entry.js'
import { asObject, isObject, type Json, type JsonObject, stableText, textsOf } from '../json.js'
import type { JsonSchema } from '../schema.js'
import type { IsWanted } from '../select-unknown.js'
import { addMember, anyKind, keptMembers, kinds, newShape, opaqueShape, type Shape, type Wanted } from './shape.js'
import { formOf, type TextForm, textForms } from './text-form.js'

export interface SchemaSource extends Words {
  /** Declared types are the user's word: a value of another type changes nothing, the target judges it. */
  readonly isDeclared: boolean
  /** Breadcrumbs of properties that are left out. */
  readonly deselected: readonly (readonly string[])[]
  /** Of fields that the schema does not know. */
  readonly isWanted?: IsWanted | undefined
}

/** What a source says of its values beside their types. */
export interface Words {
  /** The forms that it can tell from plain text; another one in a schema is the user's word. */
  readonly forms: readonly TextForm[]
  /** Keywords of its integers: their bounds. */
  readonly integer?: JsonSchema
}

/** The shape of what a schema describes. Of a root: keys beside its properties become members, unless it is closed. */
export function shapeOf(schema: JsonSchema, source: SchemaSource): Shape {
  const root = newShape({ types: kinds.object, isFixed: true, isDeclared: true, keywords: schema })
  root.isClosed = schema.additionalProperties === false
  root.wanted = wantedAt({ ...source, at: [] })
  addMembers(root, schema, { ...source, at: [] })
  return root
}

/** As a JSON Schema, each type nullable, members in their order. */
export function schemaOf(shape: Shape, integer: JsonSchema = {}): JsonSchema {
  const { isDeclared, form, items, others, keywords } = shape
  const members = keptMembers(shape)
  const properties = Object.fromEntries(members.map(({ name, shape: inner }) => [name, schemaOf(inner, integer)]))
  const inner: JsonObject = {
    ...((members.length > 0 || isObject(keywords.properties)) && { properties }),
    ...(items && items.types !== 0 && !items.isHidden && { items: schemaOf(items, integer) }),
  }
  if (isDeclared) return { ...keywords, ...inner }
  const map = others && others.types !== 0 ? { additionalProperties: schemaOf(others, integer) } : {}
  const bounds = shape.types !== anyKind && shape.types & kinds.integer ? integer : {}
  return { type: typesOf(shape), ...textForms[form], ...bounds, ...keywords, ...map, ...inner }
}

type Place = SchemaSource & { readonly at: readonly string[] }

function typesOf({ types }: Shape): string[] {
  const isKnown = ([, kind]: [string, number]) => types === 0 || (types & kind) !== 0
  const names = Object.entries(kinds).filter(isKnown)
  return ['null', ...names.map(([name]) => name)]
}

function addMembers(shape: Shape, schema: JsonSchema, place: Place): void {
  for (const [name, property] of Object.entries(asObject(schema.properties))) {
    addMember(shape, name, { shape: innerShape(property, { ...place, at: [...place.at, 'properties', name] }) })
  }
  for (const name of droppedAt(place)) addMember(shape, name, { shape: opaqueShape(), use: 'drop' })
}

function wantedAt({ at, isWanted }: Place): Wanted | undefined {
  return isWanted && { path: pathsOf(at).at(-1) ?? '', isWanted }
}

function droppedAt({ at, deselected }: Place): string[] {
  const below = deselected.filter((path) => path.length === at.length + 2 && at.every((step, i) => path[i] === step))
  return below.map((path) => path.at(-1) ?? '')
}

function innerShape(schema: Json, place: Place): Shape {
  if (!isObject(schema)) return declaredAs(schema === false ? { not: {} } : {})
  return { ...typedShape(schema, place), wanted: wantedAt(place) }
}

function typedShape(schema: JsonObject, place: Place): Shape {
  const types = bitsOf(schema)
  if (place.isDeclared) return declaredShape(schema, place)
  if (types === undefined) return schema.properties ? declaredShape(schema, place) : declaredAs(schema)
  return knownShape(schema, types, place)
}

/** As it stands, whatever the values are. */
function declaredAs(keywords: JsonSchema): Shape {
  return newShape({ types: anyKind, isOpaque: true, isFixed: true, isDeclared: true, keywords })
}

/** Looked into only where it says what is in it. */
function declaredShape(schema: JsonSchema, place: Place): Shape {
  const shape = { ...declaredAs(schema), isOpaque: false }
  addMembers(shape, schema, place)
  shape.items = isObject(schema.items) ? itemsShape(schema.items, place) : opaqueShape()
  shape.isClosed = schema.additionalProperties === false
  if (!hasProperties(schema) || isObject(schema.additionalProperties)) shape.others = opaqueShape()
  shape.isOpaque = shape.members.size === 0 && !shape.isClosed && shape.items.isOpaque
  return shape
}

/** In the words in which `schemaOf` speaks. */
function knownShape(schema: JsonSchema, types: number, place: Place): Shape {
  const { type, properties, items, additionalProperties: others, ...rest } = schema
  const form = types === kinds.string ? formOf(rest, place.forms) : 'plain'
  const bounds = types & kinds.integer ? place.integer : undefined
  const keywords = without(without(rest, textForms[form]), bounds)
  const isOpaque = types === 0 || types === anyKind
  const shape = newShape({ types, form, isOpaque, isFixed: true, keywords })
  const [isObjects, isArrays] = [types === kinds.object, types === kinds.array]
  addMembers(shape, isObjects ? schema : {}, place)
  shape.isClosed = others === false
  if (isObjects && isObject(others)) shape.others = innerShape(others, place)
  else if (!isObjects || !hasProperties(schema)) shape.others = opaqueShape()
  shape.items = isArrays && isObject(items) ? itemsShape(items, place) : opaqueShape()
  if (shape.members.size > 0) shape.isOpaque = false
  return shape
}

/** What is left when these keywords, all of them, are in the schema. */
function without(schema: JsonSchema, keywords: JsonSchema = {}): JsonSchema {
  const isIn = Object.entries(keywords).every(([word, value]) => stableText(schema[word] ?? null) === stableText(value))
  return isIn ? Object.fromEntries(Object.entries(schema).filter(([word]) => !(word in keywords))) : schema
}

function itemsShape(items: JsonObject, place: Place): Shape {
  return innerShape(items, { ...place, at: [...place.at, 'items'] })
}

/** An object without is free-form: were it to get some, its one column would become theirs. */
function hasProperties({ properties }: JsonSchema): boolean {
  return Object.keys(asObject(properties)).length > 0
}

/** Undefined: the schema does not say it by `type` alone. */
function bitsOf(schema: JsonSchema): number | undefined {
  const names = textsOf(schema.type)
  const isPlain = ['anyOf', 'oneOf', 'allOf', '$ref', 'enum', 'const', 'not'].every((word) => !(word in schema))
  if (names.length === 0 || !isPlain || Array.isArray(schema.items)) return undefined
  const bits = new Map<string, number>([['null', 0], ...Object.entries(kinds)])
  let types = 0
  for (const name of names) types |= bits.get(name) ?? anyKind
  return types !== anyKind && types & kinds.number ? types & ~kinds.integer : types
}
