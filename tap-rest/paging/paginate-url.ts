import LinkHeader from 'http-link-header'
import { type Json, SourceError } from '../../singer/index.js'
import type { HttpRequest } from '../http/http.js'
import { pathText } from '../settings/path.js'
import type { Path } from '../settings/plan.js'
import type { PagingOptions, Turn, Way } from './paginator.js'
import { answerAt } from './turn-facts.js'

/** The places of a next URL that are tried when none is given, in this order. */
export const nextPlaces: readonly Path[] = [
  ['next'],
  ['links', 'next'],
  ['_links', 'next', 'href'],
  ['paging', 'next'],
  ['@odata.nextLink'],
  ['links', 'next', 'href'],
  ['paging', 'next', 'link'],
  ['pagination', 'next'],
  ['pagination', 'next_url'],
  ['meta', 'next'],
  ['next_page_url'],
  ['next_page'],
  ['next_url'],
  ['nextLink'],
  ['nextRecordsUrl'],
]

/** The URL of a Link header (RFC 8288). */
export function linkWay(rel: string, options: PagingOptions): Way {
  return {
    followsTokens: true,
    first: (request) => request,
    next(turn) {
      const uri = linkOf(turn, rel, options.stream)
      return uri === undefined ? undefined : following(turn, uri, options)
    },
  }
}

/** A URL, or only its query, in the body. Null, absent and empty ones end the sequence. */
export function nextWay(path: Path | undefined, options: PagingOptions): Way {
  return {
    followsTokens: true,
    first: (request) => request,
    next(turn) {
      const text = path ? givenText(turn, path, options) : nextPlaces.map((place) => answerAt(turn, place)).find(isLink)
      return typeof text === 'string' ? following(turn, text, options) : undefined
    },
  }
}

/** Whether it can only be meant as a URL or as a query. */
export function isLink(value: Json | undefined): boolean {
  return typeof value === 'string' && (isQuery(value) || /^(https?:)?\/|^[^\s]*\?[^\s]*=/i.test(value))
}

/** Of the link with this relation; undefined when there is none. */
export function linkOf({ response, number }: Turn, rel: string, stream: string): string | undefined {
  const header = response.headers.link
  if (!header) return undefined
  try {
    return LinkHeader.parse(withoutGaps(header)).rel(rel)[0]?.uri
  } catch (cause) {
    throw new SourceError(`${stream}: the Link header of page ${number} is malformed`, { cause })
  }
}

/** Lists may have empty elements: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2 */
function withoutGaps(header: string): string {
  return header.replace(/^[\s,]+/, '').replace(/,[\s,]+(?=<)/g, ', ')
}

function givenText(turn: Turn, path: Path, { stream }: PagingOptions): string | undefined {
  const value = answerAt(turn, path) ?? ''
  if (value === '' || value === false) return undefined
  if (typeof value === 'string') return value
  throw new SourceError(
    `${stream}: page ${turn.number} has a ${typeof value} at ${pathText(path)}, not the URL of the next page: paginate by cursor sends values`,
  )
}

/** Method, headers and body stay; the parameters are those of the URL alone. It resolves on where the page came from. */
function following({ request, response, number }: Turn, text: string, options: PagingOptions): HttpRequest {
  const reference = isQuery(text) && !text.startsWith('?') ? `?${text}` : text
  if (!URL.canParse(reference, response.url.href)) {
    throw new SourceError(`${options.stream}: the next link of page ${number} is no URL`)
  }
  const url = new URL(reference, response.url)
  url.hash = ''
  try {
    options.assertAllowed(url)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SourceError(`${options.stream}: the next link of page ${number}: ${why}`, { cause })
  }
  return { ...request, url }
}

function isQuery(text: string): boolean {
  return text.startsWith('?') || /^[\w.$%[\]-]+=[^\s/]*$/.test(text)
}
