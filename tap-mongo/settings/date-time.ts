/** Milliseconds since 1970 of a date, or of a date and time; a zone that is not named is UTC. NaN: it is none. */
export function instantOf(text: string): number {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return Number.NaN
  const isLocal = /\d[T ]\d/.test(text) && !/(Z|[-+]\d\d:?\d\d)$/i.test(text)
  return Date.parse(isLocal ? `${text}Z` : text)
}
