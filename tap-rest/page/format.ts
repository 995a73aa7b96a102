import { JsonError, NEWLINE, OPEN_ARRAY, OPEN_OBJECT } from '../../singer/json-syntax.js'
import type { HttpResponse } from '../http/http.js'
import type { Format } from '../settings/plan.js'
import type { BodyText } from './body-text.js'
import { skipSpace, skipValue } from './json-scan.js'

export type KnownFormat = Exclude<Format, 'auto'>

/** By content type, then by the end of the path, then by the first bytes. Undefined: none of those that are read here. */
export function formatOf(response: HttpResponse, { bytes, begin }: BodyText): KnownFormat | undefined {
  return byContentType(mediaType(response)) ?? byPath(response.url.pathname) ?? byBytes(bytes, begin)
}

/** Lower case, without parameters; empty when there is none. */
export function mediaType({ headers }: HttpResponse): string {
  const { 'content-type': type = '' } = headers
  const [essence = ''] = type.split(/[;,]/, 1)
  return essence.trim().toLowerCase()
}

function byContentType(type: string): KnownFormat | undefined {
  if (/ndjson|jsonl|json-?lines|json-stream|stream\+json/.test(type)) return 'ndjson'
  if (/^(text|application)\/(.*\+)?json$/.test(type)) return 'json'
  if (/\/(x-)?(csv|tab-separated-values)$/.test(type)) return 'csv'
  return undefined
}

function byPath(path: string): KnownFormat | undefined {
  const name = path.toLowerCase().replace(/\.gz$/, '')
  if (/\.(ndjson|jsonl)$/.test(name)) return 'ndjson'
  return /\.(csv|tsv)$/.test(name) ? 'csv' : undefined
}

function byBytes(bytes: Buffer, begin: number): KnownFormat | undefined {
  const start = skipSpace(bytes, begin)
  if (bytes[start] === OPEN_ARRAY) return 'json'
  if (bytes[start] !== OPEN_OBJECT) return undefined
  return isFirstOfLines(bytes, start) ? 'ndjson' : 'json'
}

/** Whether an object ends in its line, and another one follows. */
function isFirstOfLines(bytes: Buffer, start: number): boolean {
  try {
    const end = skipValue(bytes, start, 0)
    const next = skipSpace(bytes, end)
    const line = bytes.indexOf(NEWLINE, start)
    return line >= end && line < next && bytes[next] === OPEN_OBJECT
  } catch (cause) {
    if (cause instanceof JsonError) return false
    throw cause
  }
}
