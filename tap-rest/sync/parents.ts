import { type Json, type JsonObject, parseJson } from '../../singer/index.js'
import { asObject } from '../../singer/json.js'
import type { Bookmark } from '../../singer/state.js'
import { valueAt } from '../settings/path.js'
import type { Path, StreamPlan } from '../settings/plan.js'
import { type Batch, fieldIndex, isSamePath, type ParentSource } from './source.js'

/** What the child's placeholders ask of a parent, each once. */
export function parentFields({ request, include }: Pick<StreamPlan, 'request' | 'include'>): Path[] {
  const { url, params, headers, body } = request
  const inRequest = [url, ...Object.values(params), ...Object.values(headers), ...(body ? [body.value] : [])]
  const references = [...inRequest, ...include.map(({ value }) => value)].flatMap((template) => template.references)
  const paths = references.filter(({ scope }) => scope === 'parent').map(({ path }) => path)
  return paths.filter((path, index) => paths.findIndex((other) => isSamePath(path, other)) === index)
}

/** The fields of the parent's records that its pages must know for that. What stands in a list is found in the list. */
export function wantedOfParent({ include }: Pick<StreamPlan, 'include'>, fields: readonly Path[]): Path[] {
  return fields.filter(([name]) => !include.some(({ column }) => column === name)).map(withoutIndexes)
}

/** For each parent what its children ask of it, and nothing else. `reached` hears how far the parents have come. */
export async function* readParents(
  parent: ParentSource,
  bookmark: Bookmark,
  reached: (bookmark: Bookmark) => void,
): AsyncGenerator<JsonObject> {
  const valuesOf = fieldReader(parent)
  for await (const step of parent.read(bookmark)) {
    if ('bookmark' in step) reached(step.bookmark)
    else for (const index of step.records) yield scopeOf(parent.fields, valuesOf(step, index))
  }
}

/** Several parents as one: each of their fields is a list. */
export function parentsTogether({ fields }: ParentSource, parents: readonly JsonObject[]): JsonObject {
  return scopeOf(
    fields,
    fields.map((path) => parents.map((parent) => valueAt(parent, path) ?? null)),
  )
}

function fieldReader({ plan, fields, wanted }: ParentSource) {
  const readers = fields.map((path) => {
    const column = plan.include.findIndex((each) => each.column === path[0])
    if (column >= 0) return ({ included }: Batch) => valueAt(included[column], path.slice(1))
    const known = withoutIndexes(path)
    const field = fieldIndex({ wanted }, known)
    return ({ page }: Batch, index: number) => {
      const text = known.length === 0 ? page.record(index) : page.field(index, field)
      return text && valueAt(parseJson(text.toString('utf8')), path.slice(known.length))
    }
  })
  return (batch: Batch, index: number) => readers.map((read) => read(batch, index))
}

function withoutIndexes(path: Path): Path {
  const first = path.findIndex((name) => /^-?\d+$/.test(name))
  return first < 0 ? path : path.slice(0, first)
}

/** Placeholders find the values in it by their paths. What is absent stays so. */
function scopeOf(fields: readonly Path[], values: readonly (Json | undefined)[]): JsonObject {
  const found = fields.map((path, index) => ({ path, value: values[index] }))
  // The whole before its parts.
  found.sort((a, b) => a.path.length - b.path.length)
  return found.reduce<JsonObject>((scope, { path, value }) => {
    return value === undefined ? scope : asObject(withValue(scope, path, value))
  }, {})
}

function withValue(scope: Json | undefined, [name, ...inner]: Path, value: Json): Json {
  if (name === undefined) return value
  const object = asObject(scope)
  return { ...object, [name]: withValue(Object.hasOwn(object, name) ? object[name] : undefined, inner, value) }
}
