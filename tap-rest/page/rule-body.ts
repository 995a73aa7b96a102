import { type Json, parseJson, SourceError } from '../../singer/index.js'
import type { HttpResponse } from '../http/http.js'
import { bodyText } from './body-text.js'
import type { PageReader } from './page-reader.js'

/**
 * What rules see of a body. An answer that may be an error must not tell the reader where records are: until it knows,
 * the records are among what they see.
 * @throws SourceError for a body that is no JSON.
 */
export function ruleBody(reader: PageReader, response: HttpResponse): Json {
  const isGood = response.status >= 200 && response.status < 300
  return (isGood && reader.found() ? envelopeOf(reader, response) : undefined) ?? wholeBody(response)
}

function envelopeOf(reader: PageReader, response: HttpResponse): Json | undefined {
  try {
    return reader.read(response).envelope
  } catch (problem) {
    if (problem instanceof SourceError) return undefined
    throw problem
  }
}

function wholeBody(response: HttpResponse): Json {
  const { bytes, begin } = bodyText(response)
  try {
    return parseJson(bytes.toString('utf8', begin))
  } catch (cause) {
    throw new SourceError('the body is no JSON', { cause })
  }
}
