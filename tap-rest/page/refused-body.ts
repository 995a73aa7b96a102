import { SourceError } from '../../singer/errors.js'
import { type JsonError, OPEN_OBJECT } from '../../singer/json-syntax.js'
import type { Format } from '../settings/plan.js'
import { moreText } from './json-scan.js'

/** `start`: of the first byte that is no white space. @throws SourceError for what is made for people, or is XML. */
export function checkNoMarkup(bytes: Buffer, start: number, format: Format | undefined) {
  const first = bytes.toString('latin1', start, start + 100)
  // The header of a CSV file may well begin with that sign.
  if (/^<(!doctype )?html/i.test(first) || (/^<!(doctype|--)/i.test(first) && format !== 'csv')) {
    throw new SourceError('is HTML: a login page, or a wrong `base_url` or `path`?')
  }
  if (/^<\?xml/i.test(first) || (first.startsWith('<') && format !== 'csv')) {
    throw new SourceError('is XML or HTML, which is not read: ask the API for JSON, NDJSON or CSV, and check `path`')
  }
}

export function unknownFormat(type: string): SourceError {
  const said = type === '' ? 'has no content type' : `is ${type}`
  return new SourceError(`${said} and begins like no JSON: set \`format\` to json, ndjson or csv`)
}

export function emptyBody(): SourceError {
  return new SourceError('is empty, where JSON must be: set `records_optional: true` where that means no records')
}

export function jsonProblem(cause: JsonError, bytes: Buffer): SourceError {
  const { message, position } = cause
  if (position >= bytes.length)
    return new SourceError(`is no JSON: it ends too early, at byte ${bytes.length}`, { cause })
  const isSecond = message === moreText && bytes[position] === OPEN_OBJECT
  const advice = isSecond ? '; objects one after another are `format: ndjson`' : ''
  return new SourceError(`is no JSON: ${message}, at byte ${position}${advice}`, { cause })
}
