import { ConfigError, isObject, type Json, type JsonObject } from '../../singer/index.js'
import { readJsonFile } from '../../singer/json-file.js'
import { suggestion } from '../../singer/suggestion.js'
import type { FlattenSettings } from './config-stream.js'
import type { Flatten, SchemaPlan } from './plan.js'
import { type Planning, textAt } from './planning.js'

/** Inline, of a file, or to be inferred. */
export function schemaPlan(planning: Planning, place: string, settings: Json | undefined): SchemaPlan {
  const { problems } = planning
  if (settings === undefined) return { infer: inferred }
  if (typeof settings === 'string') {
    const path = textAt(planning, place, settings)
    const declared =
      path === undefined ? undefined : problems.attempt(place, () => schemaOf(readJsonFile(path, 'schema')))
    return declared ? { declared } : { infer: inferred }
  }
  if (isObject(settings) && settings.infer !== undefined) return { infer: inferPlan(planning, place, settings) }
  const declared = problems.attempt(place, () => schemaOf(settings))
  return declared ? { declared } : { infer: inferred }
}

const inferred = { records: 1000, pages: 5, parents: 5 }

function schemaOf(content: Json): JsonObject {
  if (isObject(content) && isObject(content.properties)) return content
  throw new ConfigError('must be a JSON Schema of an object, with properties; or {infer: {records: 1000}}')
}

function inferPlan({ problems }: Planning, place: string, { infer, ...others }: JsonObject): typeof inferred {
  for (const key of Object.keys(others)) problems.add(`${place}.${key}`, 'cannot stand beside infer')
  if (!isObject(infer)) {
    problems.add(`${place}.infer`, 'must be an object such as {records: 1000, pages: 5, parents: 5}')
    return inferred
  }
  const counts = Object.entries(infer).flatMap(([key, value]) => {
    const count = typeof value === 'string' ? Number(value) : value
    const isKnown = Object.hasOwn(inferred, key)
    if (!isKnown) problems.add(`${place}.infer.${key}`, `is not known${suggestion(key, Object.keys(inferred))}`)
    const isCount = typeof count === 'number' && Number.isInteger(count) && count >= 1
    if (isKnown && !isCount) problems.add(`${place}.infer.${key}`, 'must be a whole number of at least 1')
    return isKnown && isCount ? [[key, count] as const] : []
  })
  return { ...inferred, ...Object.fromEntries(counts) }
}

export function flattenPlan(settings: FlattenSettings | undefined): Flatten | undefined {
  if (settings === undefined) return undefined
  return {
    separator: settings.separator ?? '__',
    maxDepth: settings.max_depth ?? Number.POSITIVE_INFINITY,
    except: settings.except ?? [],
    cleanNames: settings.clean_names ?? false,
  }
}
