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

function withKeys(projection: Projection, { id, replicationKey }: Stream): Projection {
  const { _id: ofId, ...others } = projection
  if (isOff(ofId))
    throw new ConfigError(`stream ${id}: its projection leaves out _id, by which documents are told apart`)
  const isExclusion = Object.values(others).length > 0 && Object.values(others).every(isOff)
  if (replicationKey === undefined || replicationKey === '_id') return projection
  const covers = (field: string) => field === replicationKey || replicationKey.startsWith(`${field}.`)
  const isNamed = Object.keys(others).some(covers)
  if (isExclusion && isNamed) {
    throw new ConfigError(`stream ${id}: its projection leaves out ${replicationKey}, its replication key`)
  }
  return isExclusion || isNamed ? projection : { ...projection, [replicationKey]: 1 }
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
