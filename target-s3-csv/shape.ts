import { ProtocolError } from '../singer/errors.js'
import type { OrderedJson, OrderedObject } from './ordered-json.js'

export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'object' | 'array'

/** What the SCHEMA says of one value, with `$ref` resolved. */
export interface Shape {
  readonly types: ReadonlySet<JsonType>
  /** In the SCHEMA's order; empty where an object is free-form. */
  readonly properties: ReadonlyMap<string, Shape>
  /** The keywords that stand beside `type`: minimum, format, … */
  readonly keywords: OrderedObject
}

const jsonTypes: readonly JsonType[] = ['null', 'boolean', 'integer', 'number', 'string', 'object', 'array']
const anyType: ReadonlySet<JsonType> = new Set(jsonTypes)
const noKeywords: OrderedObject = new Map()
const anything: Shape = { types: anyType, properties: new Map(), keywords: noKeywords }

export const nullableDateTime: Shape = {
  types: new Set(['null', 'string']),
  properties: new Map(),
  keywords: new Map([['format', 'date-time']]),
}

/** @throws ProtocolError for a `$ref` that leads nowhere in the SCHEMA and for what is no schema. */
export function shapeOf(root: OrderedObject): Shape {
  return shape(root, { root, trail: [] })
}

interface Place {
  readonly root: OrderedObject
  /** The `$ref`s that led here: one that comes again is a recursive type, which no finite set of columns can hold. */
  readonly trail: readonly string[]
}

function shape(schema: OrderedJson, place: Place): Shape {
  if (schema === true) return anything
  if (schema === false) return { ...anything, types: new Set() }
  if (!isObject(schema)) throw new ProtocolError('a property has a schema that is neither an object nor a boolean')
  const ref = schema.get('$ref')
  if (typeof ref === 'string') return place.trail.includes(ref) ? anything : shape(...follow(schema, ref, place))
  const only = onlyBranch(schema)
  if (only !== undefined) return nullableShape(shape(only, place))
  const properties = schema.get('properties')
  return {
    types: typesOf(schema),
    properties: isObject(properties)
      ? new Map([...properties].map(([key, value]) => [key, shape(value, place)]))
      : new Map(),
    keywords: schema,
  }
}

function follow(schema: OrderedObject, ref: string, place: Place): [OrderedJson, Place] {
  const next = { root: place.root, trail: [...place.trail, ref] }
  const target = at(place.root, ref)
  if (!isObject(target)) return [target, next]
  const beside = [...schema].filter(([key]) => key !== '$ref')
  return [new Map([...target, ...beside]), next]
}

/** https://www.rfc-editor.org/rfc/rfc6901 */
function at(root: OrderedObject, ref: string): OrderedJson {
  let found: OrderedJson | undefined = ref.startsWith('#') ? root : undefined
  for (const step of ref.split('/').slice(1)) {
    const key = percentDecoded(step).replaceAll('~1', '/').replaceAll('~0', '~')
    found = isObject(found) ? found.get(key) : Array.isArray(found) ? found[Number(key)] : undefined
  }
  if (found === undefined)
    throw new ProtocolError(`"$ref": "${ref}" is not in the SCHEMA itself; the tap must resolve it`)
  return found
}

/** As it is where a percent sign was not encoded. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `anyOf: [X, {type: null}]` is a nullable X; any other choice takes every kind of value. */
function onlyBranch(schema: OrderedObject): OrderedJson | undefined {
  const branches = schema.get('anyOf') ?? schema.get('oneOf')
  if (schema.has('type') || !Array.isArray(branches) || branches.length !== 2) return undefined
  const others = branches.filter((branch) => !isObject(branch) || branch.get('type') !== 'null')
  return others.length === 1 ? others[0] : undefined
}

function nullableShape(found: Shape): Shape {
  return { ...found, types: new Set([...found.types, 'null']) }
}

function typesOf(schema: OrderedObject): ReadonlySet<JsonType> {
  const type = schema.get('type')
  if (type === undefined) return isObject(schema.get('properties')) ? new Set(['null', 'object']) : anyType
  const names = Array.isArray(type) ? type : [type]
  const isKnown = names.length > 0 && names.every((name) => jsonTypes.some((type) => type === name))
  return isKnown ? new Set(jsonTypes.filter((type) => names.includes(type))) : anyType
}

export function isObject(value: OrderedJson | undefined): value is OrderedObject {
  return value instanceof Map
}
