import { ConfigError } from '../../singer/index.js'
import { isObject } from '../../singer/json.js'
import { requestText } from '../http/failures.js'
import type { HttpRequest } from '../http/http.js'
import { withParams } from '../paging/url-query.js'

/** Spaces and line feeds around the value, such as a file ends with, are no part of a header. */
export function withHeader(request: HttpRequest, name: string, value: string): HttpRequest {
  return { ...request, headers: { ...request.headers, [name.toLowerCase()]: value.trim() } }
}

/** One of this name, as next links repeat it, gives way. */
export function withParam(request: HttpRequest, name: string, value: string): HttpRequest {
  return { ...request, url: withParams(request.url, new Map([[name, [value]]])) }
}

export function withCookie(request: HttpRequest, name: string, value: string): HttpRequest {
  if (value.includes(';')) {
    throw new ConfigError(`auth: the value of the cookie ${name} holds a semicolon, where it would end: encode it`)
  }
  const { cookie } = request.headers
  return withHeader(request, 'cookie', `${cookie ? `${cookie}; ` : ''}${name}=${value}`)
}

/** A request without a body gets one of JSON. */
export function withBodyField(request: HttpRequest, name: string, value: string): HttpRequest {
  const { type, value: fields } = request.body ?? { type: 'json', value: {} }
  if (type === 'raw' || !isObject(fields)) {
    const what = `put the API key ${name} into the body of ${requestText(request)}`
    throw new ConfigError(`${what}: it has no fields; send the key elsewhere`)
  }
  return { ...request, body: { type, value: { ...fields, [name]: value } } }
}
