/** For people: of the query the names alone, since its values may be secrets or somebody's; no user, no fragment. */
export function urlText(url: URL): string {
  if (url.search === '') return `${url.origin}${url.pathname}`
  const names = url.search
    .slice(1)
    .split('&')
    .map((pair) => pair.slice(0, Math.max(0, pair.indexOf('='))) || '…')
  return `${url.origin}${url.pathname}?${[...new Set(names)].join('&')}`
}
