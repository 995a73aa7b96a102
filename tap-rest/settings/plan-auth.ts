import { asObject, isObject, type JsonObject } from '../../singer/index.js'
import { textsOf } from '../../singer/json.js'
import { type AuthKind, type AuthSettings, authKinds, keysOf } from './config-auth.js'
import type { AuthPlan, ConnectionPlan } from './plan.js'
import { createAuthReader } from './plan-auth-kinds.js'
import type { Planning } from './planning.js'

/** The credentials of a stream, complete. The same settings give the same plan: who shares them shares a token. */
export function authPlans(planning: Planning, connection: ConnectionPlan) {
  const known = new Map<string, AuthPlan>()
  return (place: string, settings: AuthSettings | undefined): AuthPlan => {
    if (settings === undefined) return { kind: 'none' }
    const identity = JSON.stringify(settings)
    const plan = known.get(identity) ?? authPlan(planning, connection, { place, settings })
    known.set(identity, plan)
    return plan
  }
}

interface Given {
  readonly place: string
  readonly settings: AuthSettings
}

function authPlan(planning: Planning, connection: ConnectionPlan, { place, settings }: Given): AuthPlan {
  const { problems } = planning
  const chosen = choice(settings)
  if (typeof chosen === 'string') {
    problems.add(place, chosen)
    return { kind: 'none' }
  }
  const { kind, values, isNested } = chosen
  const here = isNested ? `${place}.${kind}` : place
  if (kind !== 'bearer') {
    const missing = textsOf(keysOf(kind).required).filter((key) => values[key] === undefined)
    // Of nested ones the schema has told it.
    for (const key of isNested ? [] : missing) problems.add(`${here}.${key}`, 'is required')
    if (missing.length > 0) return { kind: 'none' }
  }
  return createAuthReader(planning, connection)(kind, here, values)
}

interface Chosen {
  readonly kind: AuthKind
  readonly values: JsonObject
  readonly isNested: boolean
}

/** `{basic: {…}}`, `{type: basic, …}`, or the keys alone where they are those of one kind; otherwise what is wrong. */
function choice({ type, ...settings }: AuthSettings): Chosen | string {
  const keys = Object.keys(settings)
  const [named, ...others] = authKinds.filter(isKind).filter((kind) => kind in settings)
  if (others.length > 0)
    return `${[named, ...others].join(' and ')} exclude each other; further headers go into headers`
  if (named !== undefined) {
    const rest = keys.filter((key) => key !== named)
    if (rest.length > 0) return `${rest.join(', ')} must stand within ${named}, or ${named} be left out`
    if (named === 'bearer') return { kind: named, values: settings, isNested: false }
    return { kind: named, values: asObject(settings[named]), isNested: isObject(settings[named]) }
  }
  const fitting = authKinds.filter(isKind).filter((kind) => fits(kind, keys, type))
  const [kind] = fitting
  if (kind !== undefined && fitting.length === 1) return { kind, values: settings, isNested: false }
  if (fitting.length > 1) return `may mean ${fitting.join(' or ')}; add type: ${kind}, or write it as {${kind}: {…}}`
  return `must be one of ${authKinds.join(', ')}, with the keys of that kind alone`
}

function fits(kind: AuthKind, keys: readonly string[], type: unknown): boolean {
  if (kind === 'bearer') return false
  const { known, required } = keysOf(kind)
  if (keys.some((key) => !known.includes(key))) return false
  return type === undefined ? textsOf(required).every((key) => keys.includes(key)) : type === kind
}

function isKind(name: string): name is AuthKind {
  return authKinds.includes(name)
}
