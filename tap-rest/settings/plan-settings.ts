import { asObject, type Json, type JsonObject } from '../../singer/index.js'
import type { Log } from '../../singer/log.js'
import { nearestOf } from '../../singer/suggestion.js'
import { withTapSettings } from '../../singer/tap-settings.js'
import { type Config, settings } from '../config.js'
import type { Plan, StreamPlan } from './plan.js'
import { authPlans } from './plan-auth.js'
import { connectionPlan } from './plan-connection.js'
import { mergedSettings } from './plan-merge.js'
import { checkParents } from './plan-parents.js'
import { streamPlan } from './plan-stream.js'
import { type Planning, textAt } from './planning.js'
import { Problems } from './problems.js'

export interface PlanOptions {
  readonly log: Pick<Log, 'warning' | 'redact'>
  /** Default: that of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/**
 * What the settings mean. Their secrets are redacted from then on.
 * @throws ConfigError with a line per problem, none of which holds a value that may be secret.
 */
export function planOf(config: Config, { log, env = process.env }: PlanOptions): Plan {
  const planning = planningOf(config, env)
  const { problems, secrets } = planning
  const kept: string[] = []
  const connection = connectionPlan(planning, kept)
  const authOf = authPlans(planning, connection)
  const streams = new Map<string, StreamPlan>()
  for (const [name, given] of Object.entries(config.streams)) {
    const merged = mergedSettings(config, given)
    streams.set(name, streamPlan(planning, { name, settings: merged, connection, authOf }))
  }
  checkParents(config, problems)
  kept.push(...[...secrets].filter((text) => text !== ''))
  log.redact(kept)
  problems.throwIfAny()
  if (!warned.has(config)) warn(planning, { connection, streams }, log)
  warned.add(config)
  return { connection, streams }
}

/** A run that discovers first plans twice. */
const warned = new WeakSet<Config>()

function planningOf(config: Config, env: Readonly<Record<string, string | undefined>>): Planning {
  const variables = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const bound = { env: Object.fromEntries(variables) }
  const planning = { config, problems: new Problems(), bound, secrets: new Set<string>(), used: new Set<string>() }
  return { ...planning, bound: { ...bound, config: filledIn(planning) } }
}

/** A setting of your own may be `{env.X}`, to be used as `{config.x}`. */
function filledIn(planning: Planning): JsonObject {
  // Checked against the schema: JSON.
  const config = planning.config as { readonly [key: string]: Json }
  const entries = Object.entries(config).map(([key, value]) => {
    const isOwn =
      !Object.hasOwn(asObject(settings.properties), key) && typeof value === 'string' && /\{env\./.test(value)
    return [key, isOwn ? (textAt(planning, key, value) ?? '') : value] as const
  })
  return Object.fromEntries(entries)
}

function warn({ config, used }: Planning, { connection, streams }: Plan, log: Pick<Log, 'warning'>): void {
  const known = Object.keys(asObject(withTapSettings(settings).properties))
  for (const setting of Object.keys(config).filter((key) => !known.includes(key) && !used.has(key))) {
    const near = nearestOf(setting, known)
    log.warning('a setting is not known and has no effect', {
      setting,
      ...(near !== undefined && { did_you_mean: near }),
    })
  }
  const isSent = [...streams.values()].some(({ auth }) => auth.kind !== 'none') || connection.secrets.length > 0
  if (isSent && connection.baseUrl.startsWith('http:') && !isLoopback(connection.baseUrl)) {
    log.warning('base_url is http: secrets are sent in the clear', { base_url: connection.baseUrl })
  }
}

/** What never leaves the machine cannot be read on the way. */
function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname)
}
