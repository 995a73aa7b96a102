import { SourceError } from '../../singer/index.js'

/**
 * The URL with these parameters, several values of one as often repeated; one of the same name that it had is gone. All
 * else of its query stays as it is spelled: URLSearchParams would spell it anew, with `+` for a space, which not every
 * server understands.
 */
export function withParams(url: URL, params: ReadonlyMap<string, readonly string[]>): URL {
  const kept = pairs(url).filter((pair) => !params.has(nameOf(pair)))
  const added = [...params].flatMap(([name, values]) =>
    values.map((value) => `${percentEncoded(name)}=${percentEncoded(value)}`),
  )
  const changed = new URL(url)
  changed.search = [...kept, ...added].join('&')
  return changed
}

/** @throws SourceError for half of a surrogate pair, which UTF-8 has no bytes for. */
export function percentEncoded(text: string): string {
  if (!/\p{Surrogate}/u.test(text)) return encodeURIComponent(text)
  throw new SourceError('make the URL: a value holds half of a surrogate pair, which no URL can carry')
}

function pairs(url: URL): string[] {
  return url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '')
}

function nameOf(pair: string): string {
  return [...new URLSearchParams(pair).keys()][0] ?? ''
}
