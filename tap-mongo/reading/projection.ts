import { ConfigError, type Json, type Stream } from '../../singer/index.js'
import type { StreamConfig } from '../config.js'
import { fromExtendedJson } from '../settings/extended-json.js'

type Projection = Readonly<Record<string, unknown>>

/**
 * The user's projection, from the settings or, as tap-mongodb has it, from the catalog; else what the catalog leaves out.
 * Always with `_id` and the replication key. Without any, fields that are new come along.
 */
export function projectionOf(stream: Stream, { projection }: StreamConfig): Projection | undefined {
  const given = projection ?? stream.metadata['tap-mongodb.projection']
  return given === undefined || given === null
    ? withoutDeselected(stream)
    : withKeys(projectionFrom(given, stream), stream)
}

function projectionFrom(given: Json, { id }: Stream): Projection {
  try {
    return fromExtendedJson(given)
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause
    throw new ConfigError(`stream ${id}: its projection ${cause.message}`, { cause })
  }
}

function withKeys(projection: Projection, { id, replicationKey: key }: Stream): Projection {
  const { _id: ofId, ...others } = projection
  if (isOff(ofId)) throw refusal(id, '_id, by which documents are told apart')
  if (key === undefined || key === '_id') return projection
  const covering = Object.entries(others).filter(([field]) => field === key || key.startsWith(`${field}.`))
  if (covering.some(([, value]) => isOff(value))) throw refusal(id, `${key}, its replication key`)
  return isInclusion(projection) && covering.length === 0 ? { ...projection, [key]: 1 } : projection
}

function refusal(id: string, what: string): ConfigError {
  return new ConfigError(`stream ${id}: its projection leaves out ${what}`)
}

/** It says what comes, not what stays away: `{}` and a part of an array alone leave the other fields where they are. */
function isInclusion({ _id: ofId, ...others }: Projection): boolean {
  const stated = Object.values(others).filter((value) => !isSlice(value))
  return stated.length > 0 ? !stated.every(isOff) : ofId !== undefined
}

function isSlice(value: unknown): boolean {
  return value instanceof Map && value.has('$slice')
}

function isOff(value: unknown): boolean {
  return value === 0 || value === false
}

/** Only what find can name: the rest is left out when the record is written. */
function withoutDeselected({ deselected, replicationKey }: Stream): Projection | undefined {
  const names = deselected.flatMap(([, name = '', ...inner]) => (inner.length === 0 ? [name] : []))
  const kept = new Set(['_id', '', replicationKey?.split('.', 1)[0]])
  const nameable = names.filter((name) => !kept.has(name) && !name.startsWith('$') && !name.includes('.'))
  return nameable.length === 0 ? undefined : Object.fromEntries(nameable.map((name) => [name, 0]))
}
