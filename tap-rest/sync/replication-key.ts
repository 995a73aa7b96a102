import { type Json, SourceError, type Stream } from '../../singer/index.js'
import type { Incremental, StreamPlan } from '../settings/plan.js'
import type { Position } from './boundary.js'
import { before, compareKeys, type Key, type KeyRules, keyOf, sentAs } from './key-order.js'
import { parseInstant, parsePattern } from './times.js'

/** What tells which records are new. */
export interface ReplicationKey {
  /** As bookmarks and catalog have it. */
  readonly name: string
  /** Other spellings of it in states of other taps. */
  readonly aliases: readonly string[]
  readonly incremental: Incremental
}

/** Undefined for a stream that has none. A key of the catalog's own choice is compared here, not by the API. */
export function replicationKeyOf(stream: Stream, plan: StreamPlan): ReplicationKey | undefined {
  const { incremental, flatten } = plan
  const { replicationMethod, replicationKey } = stream
  const own = incremental && namedKey(incremental, flatten)
  if (replicationMethod === 'FULL_TABLE') return own
  if (own && (replicationKey === undefined || [own.name, ...own.aliases].includes(replicationKey))) return own
  if (replicationKey !== undefined) {
    const path = replicationKey.split('.')
    return namedKey({ key: path, mode: 'filter', format: 'iso', order: 'none' }, flatten)
  }
  if (replicationMethod !== 'INCREMENTAL') return undefined
  throw new SourceError(`stream ${stream.id}: INCREMENTAL needs a replication-key in its metadata, or incremental.key`)
}

export function namedKey(incremental: Incremental, flatten: StreamPlan['flatten']): ReplicationKey {
  const { key } = incremental
  const flat = key.join(flatten?.separator ?? '__')
  const aliases = [flat, key.join('_'), flat.replaceAll(/[-.]/g, '_'), `$.${key.join('.')}`]
  return { name: key.join('.'), aliases, incremental }
}

/** How the values of a key are to be understood, given those that are known before the first record. */
export function keyRules({ incremental }: ReplicationKey, stored: Json | undefined): KeyRules {
  const { format, start, step, lookback, granularity } = incremental
  const isSaid = format !== 'iso' || step !== undefined
  const hasDuration = [lookback, granularity].some((distance) => typeof distance === 'object')
  const isTime = (value: Json | undefined) =>
    typeof value === 'string' && (parseInstant(value) ?? parsePattern(value, format)) !== undefined
  // `start` may be meant for other streams: then these numbers are ids.
  const isLikely = isTime(start) || isTime(stored)
  return { format, numbersAreTimes: isSaid || hasDuration || (isLikely && 'from 1973') }
}

/** From this value of the key on records are wanted: the bookmark's less the lookback, but not before `start`. */
export function lowerBound(key: ReplicationKey, rules: KeyRules, from: Position | undefined): Key | undefined {
  const { start, lookback } = key.incremental
  const stored = from && before(from.key, lookback, rules)
  const first = keyOf(start, rules)
  if (!stored || !first || first.kind !== stored.kind) return stored ?? first
  return compareKeys(first, stored) > 0 ? first : stored
}

/** What the API is asked for: one unit before the bound where its filter excludes it. */
export function sentBound(key: ReplicationKey, rules: KeyRules, lower: Key | undefined): Json | undefined {
  return lower && sentAs(before(lower, key.incremental.granularity, rules), rules.format)
}
