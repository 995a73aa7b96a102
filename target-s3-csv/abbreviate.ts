/**
 * The path as one name. One of `max` characters or more is shortened as pipelinewise does: part by part from the front,
 * to the initials of its words, until it fits.
 */
export function abbreviated(path: readonly string[], separator: string, max: number): string {
  const parts = [...path]
  for (let i = 0; i < parts.length && codePoints(parts.join(separator)) >= max; i++)
    parts[i] = shortened(parts[i] ?? '')
  return parts.join(separator)
}

function codePoints(text: string): number {
  return [...text].length
}

function shortened(part: string): string {
  const camel = part.replace(/(?:^|_)(.)/gu, (_found, letter: string) => letter.toUpperCase())
  const initials = camel.replace(/[a-z]/g, '')
  return (initials.length > 1 ? initials : [...part].slice(0, 3).join('')).toLowerCase()
}
