import { booleanOf } from './catalog-entry.js'
import { asObject, isObject, type JsonObject } from './json.js'
import { parsePattern, wildcard } from './select-pattern.js'

/** Says of a field that the catalog does not know, by its path (`customer.email`), whether the user wants it. */
export type IsWanted = (path: string) => boolean

/**
 * By select patterns and Meltano's `metadata` rules, as they are for fields that are known: those with `!` win. Something
 * around a field that is selected by its name is wanted, too.
 */
export function unknownFields(streamId: string, patterns: readonly string[], rules: JsonObject): IsWanted {
  const own = patterns.map(parsePattern).filter(({ matchesStream }) => matchesStream(streamId))
  const [unwanted, wanted] = [own.filter(({ isNegated }) => isNegated), own.filter(({ isNegated }) => !isNegated)]
  const deselected = deselectedBy(streamId, rules)
  return (path) => {
    const paths = pathsTo(path)
    if (deselected.some((pattern) => paths.some((each) => pattern.test(each)))) return false
    if (unwanted.some(({ matchesProperty }) => paths.some(matchesProperty))) return false
    if (wanted.length === 0) return true
    return wanted.some(({ matchesProperty, property }) => {
      return paths.some(matchesProperty) || property.startsWith(`${path}.`)
    })
  }
}

function deselectedBy(streamId: string, rules: JsonObject): RegExp[] {
  const own = Object.entries(rules).filter(([stream]) => wildcard(stream).test(streamId))
  const ofFields = own.flatMap(([, rule]) => Object.entries(asObject(rule)))
  return ofFields.flatMap(([pattern, rule]) =>
    isObject(rule) && booleanOf(rule.selected) === false ? [wildcard(pattern)] : [],
  )
}

/** `a`, `a.b`, `a.b.c`. */
function pathsTo(path: string): string[] {
  const names = path.split('.')
  return names.map((_, i) => names.slice(0, i + 1).join('.'))
}
