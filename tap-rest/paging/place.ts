import { asObject, ConfigError, Digits, type Json, type JsonObject, jsonText } from '../../singer/index.js'
import type { HttpRequest } from '../http/http.js'
import { valueAt } from '../settings/path.js'
import type { CursorPlace, Path } from '../settings/plan.js'
import { withParams } from './url-query.js'

/** The request with this value there, instead of the one it had. In a body it keeps its type; elsewhere it is text. */
export function withValue(request: HttpRequest, place: CursorPlace, value: Json): HttpRequest {
  if ('param' in place)
    return { ...request, url: withParams(request.url, new Map([[place.param, [fieldText(value)]]])) }
  if ('header' in place) {
    return { ...request, headers: { ...request.headers, [place.header.toLowerCase()]: fieldText(value) } }
  }
  const { type, value: body } = request.body ?? { type: 'json' as const, value: {} }
  if (type === 'raw') throw new ConfigError('paging cannot set a value in a raw body: use body_type json or form')
  return { ...request, body: { type, value: withField(asObject(body), place.body, value) } }
}

/** What the request has there. */
export function valueIn(request: HttpRequest, place: CursorPlace): Json | undefined {
  if ('param' in place) return request.url.searchParams.get(place.param) ?? undefined
  if ('header' in place) return request.headers[place.header.toLowerCase()]
  return valueAt(request.body?.value, place.body)
}

/** As it stands in a URL or a header: texts as they are, numbers with their digits, lists and objects as JSON. */
export function fieldText(value: Json): string {
  if (typeof value === 'string') return value
  return value instanceof Digits ? value.text : jsonText(value)
}

function withField(object: JsonObject, [name, ...inner]: Path, value: Json): JsonObject {
  if (name === undefined) return object
  return { ...object, [name]: inner.length === 0 ? value : withField(asObject(object[name]), inner, value) }
}
