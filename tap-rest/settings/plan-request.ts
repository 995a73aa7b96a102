import type { Json, JsonObject } from '../../singer/index.js'
import type { StreamSettings } from './config-stream.js'
import type { ConnectionPlan, RequestPlan } from './plan.js'
import { bodyTypeOf } from './plan-auth-kinds.js'
import { urlTemplate } from './plan-url.js'
import { type Planning, templateAt } from './planning.js'
import { parseTemplate, type Reference, type Template } from './template.js'

export interface RequestParts {
  readonly request: RequestPlan
  /** What its placeholders use, and where: `streams.issues.params.since`. */
  readonly references: readonly { readonly place: string; readonly reference: Reference }[]
}

/** `place`: `streams.issues`. */
export function requestPlan(
  planning: Planning,
  place: string,
  { settings, connection }: { settings: StreamSettings; connection: ConnectionPlan },
): RequestParts {
  const found: { place: string; reference: Reference }[] = []
  const kept = (at: string, template: Template | undefined) => {
    found.push(...(template?.references ?? []).map((reference) => ({ place: at, reference })))
    return template
  }
  const values = (name: string, given: JsonObject = {}) => {
    const templates = Object.entries(given).map(([key, value]) => {
      const at = `${place}.${name}.${key}`
      return [key, kept(at, templateAt(planning, at, value)) ?? nothing] as const
    })
    return Object.fromEntries(templates)
  }
  const { path = '', body } = settings
  const bodyAt = `${place}.body`
  // Noted as a template first: what it uses of the settings and the environment is the same.
  const isTemplate = templateAt(planning, `${place}.path`, path) !== undefined
  const url = isTemplate && planning.problems.attempt(`${place}.path`, () => urlTemplate(planning, path, connection))
  const request: RequestPlan = {
    method: methodOf(planning, place, settings),
    url: kept(`${place}.path`, url || undefined) ?? nothing,
    params: values('params', settings.params),
    headers: values('headers', settings.headers),
    ...(body !== undefined && {
      body: {
        type: bodyTypeOf(settings.body_type),
        value: kept(bodyAt, templateAt(planning, bodyAt, body)) ?? nothing,
      },
    }),
  }
  checkBody(planning, place, { body, method: request.method, type: settings.body_type })
  return { request, references: found }
}

const nothing = parseTemplate(null)

function methodOf({ problems }: Planning, place: string, { method = 'GET' }: StreamSettings): string {
  const upper = method.toUpperCase()
  if (!/^[A-Z]+$/.test(upper)) problems.add(`${place}.method`, 'must be a method of HTTP such as GET or POST')
  return upper
}

function checkBody(
  { problems }: Planning,
  place: string,
  { body, method, type }: { body: Json | undefined; method: string; type: string | undefined },
): void {
  if (body === undefined) return
  if (method === 'GET' || method === 'HEAD')
    problems.add(`${place}.body`, `needs another method than ${method}, such as method: POST`)
  if (type === 'raw' && typeof body !== 'string')
    problems.add(`${place}.body`, 'must be a text, since body_type is raw')
  const isFlat = typeof body === 'object' && body !== null && !Array.isArray(body)
  if (type === 'form' && !isFlat) problems.add(`${place}.body`, 'must be an object, since body_type is form')
}
