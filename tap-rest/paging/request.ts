import { ConfigError, type Json } from '../../singer/index.js'
import type { HttpRequest, RequestBody } from '../http/http.js'
import type { RequestPlan } from '../settings/plan.js'
import type { Scopes, Template } from '../settings/template.js'
import { fieldText } from './place.js'
import { withParams } from './url-query.js'

/**
 * The request of a plan, its placeholders filled in. Of parameters and headers null and absent ones are left out; a list
 * repeats its parameter.
 * @throws ConfigError when what comes out is no URL, SourceError when a placeholder has no value.
 */
export function requestOf(plan: RequestPlan, scopes: Scopes): HttpRequest {
  const body = bodyOf(plan, scopes)
  return {
    method: plan.method,
    url: withParams(urlOf(plan.url, scopes), new Map(Object.entries(texts(plan.params, scopes)))),
    headers: Object.fromEntries(
      Object.entries(texts(plan.headers, scopes)).map(([name, values]) => [name.toLowerCase(), values.join(', ')]),
    ),
    ...(body && { body }),
  }
}

function urlOf(template: Template, scopes: Scopes): URL {
  const text = template.render(scopes)
  if (typeof text !== 'string' || !URL.canParse(text)) {
    throw new ConfigError(`base_url and path make no URL: ${fieldText(text ?? null)}`)
  }
  const url = new URL(text)
  url.hash = ''
  return url
}

/** Per name its values; names without any are left out. */
function texts(templates: Readonly<Record<string, Template>>, scopes: Scopes): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  for (const [name, template] of Object.entries(templates)) {
    const value: Json = template.render(scopes) ?? null
    const values = (Array.isArray(value) ? value : [value]).filter((item: Json) => item !== null)
    if (values.length > 0) found[name] = values.map(fieldText)
  }
  return found
}

function bodyOf({ body }: RequestPlan, scopes: Scopes): RequestBody | undefined {
  const value = body?.value.render(scopes)
  return body && value !== undefined ? { type: body.type, value } : undefined
}
