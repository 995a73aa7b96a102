/** `stream.property`, `!stream.property`; wildcards match as in Python's fnmatch, literal dots are written `\.`. */
export interface SelectPattern {
  readonly text: string
  /** As it was written. */
  readonly property: string
  readonly isNegated: boolean
  matchesStream(id: string): boolean
  /** `path`: names joined by dots. */
  matchesProperty(path: string): boolean
  /** Is the whole stream meant? */
  readonly isWholeStream: boolean
}

/** A stream alone means all its properties. */
export function parsePattern(text: string): SelectPattern {
  const isNegated = text.startsWith('!')
  const [, stream = '', property = '*'] = /^((?:\\\.|[^.])*)(?:\.(.*))?$/su.exec(text.slice(isNegated ? 1 : 0)) ?? []
  const streamPattern = wildcard(stream)
  const propertyPattern = wildcard(property)
  return {
    text,
    property,
    isNegated,
    matchesStream: (id) => streamPattern.test(id),
    matchesProperty: (path) => propertyPattern.test(path),
    isWholeStream: property === '*',
  }
}

/** Can a stream of this name, whatever its properties, be selected by these patterns? For discovery. */
export function canSelect(patterns: readonly string[], streamId: string): boolean {
  const own = patterns.map(parsePattern).filter(({ matchesStream }) => matchesStream(streamId))
  if (own.some(({ isNegated, isWholeStream }) => isNegated && isWholeStream)) return false
  return own.some(({ isNegated }) => !isNegated) || patterns.every((pattern) => pattern.startsWith('!'))
}

/** https://docs.python.org/3/library/fnmatch.html */
export function wildcard(pattern: string): RegExp {
  const source = pattern.replaceAll('\\.', '.').replace(/\*+|\?|\[!?\]?[^\]]*\]|./gsu, (token) => {
    if (token.startsWith('*')) return '.*'
    if (token === '?') return '.'
    return token.length > 1 && token.startsWith('[')
      ? characterClass(token)
      : token.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
  })
  return new RegExp(`^${source}$`, 'su')
}

function characterClass(token: string): string {
  const isNegated = token[1] === '!'
  const characters = token.slice(isNegated ? 2 : 1, -1).replace(/[\\^[\]]/g, '\\$&')
  return `[${isNegated ? '^' : ''}${characters}]`
}
