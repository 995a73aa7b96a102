import { allProperties, idOf, metadataOf, type Property, pathsOf, propertiesOf } from './catalog-entry.js'
import { asObject, isObject, type JsonObject } from './json.js'
import { parsePattern, type SelectPattern, wildcard } from './select-pattern.js'

/** The entries as if somebody had selected by hand what the patterns say. Patterns with `!` win over all others. */
export function withSelection(entries: readonly JsonObject[], patterns: readonly string[]): JsonObject[] {
  const parsed = patterns.map(parsePattern)
  const all = parsed.every(({ isNegated }) => isNegated) ? [parsePattern('*.*'), ...parsed] : parsed
  return entries.map((entry) => {
    const own = all.filter(({ matchesStream }) => matchesStream(idOf(entry)))
    return withMetadata(entry, { selected: isStreamSelected(own) }, (property, { inclusion }) => {
      return inclusion === 'unsupported' ? {} : { selected: isPropertySelected(property, own) }
    })
  })
}

/** The entries with Meltano's `metadata` rules: by stream, and within by property where the value is an object. */
export function withMetadataRules(entries: readonly JsonObject[], rules: JsonObject): JsonObject[] {
  return entries.map((entry) => {
    const own = Object.entries(rules).filter(([stream]) => wildcard(stream).test(idOf(entry)))
    const pairs = own.flatMap(([, rule]) => Object.entries(asObject(rule)))
    const ofProperties = pairs.filter(([, value]) => isObject(value))
    const root = Object.fromEntries(pairs.filter(([, value]) => !isObject(value)))
    return withMetadata(entry, root, ({ breadcrumb }) => {
      const path = pathsOf(breadcrumb).at(-1) ?? ''
      const matching = ofProperties.filter(([pattern]) => wildcard(pattern).test(path))
      return Object.assign({}, ...matching.map(([, value]) => value))
    })
  })
}

/** Patterns that no stream of the catalog answers to: a slip, most likely. */
export function unmatchedPatterns(entries: readonly JsonObject[], patterns: readonly string[]): string[] {
  const unmatched = patterns.map(parsePattern).filter(({ matchesStream }) => !entries.map(idOf).some(matchesStream))
  return unmatched.map(({ text }) => text)
}

function isStreamSelected(patterns: readonly SelectPattern[]): boolean {
  const isExcluded = patterns.some(({ isNegated, isWholeStream }) => isNegated && isWholeStream)
  return !isExcluded && patterns.some(({ isNegated }) => !isNegated)
}

/** With a property go those around it and, unless a pattern says otherwise, those within. */
function isPropertySelected({ schema, breadcrumb }: Property, patterns: readonly SelectPattern[]): boolean {
  const paths = pathsOf(breadcrumb)
  const matches = (isNegated: boolean) =>
    patterns.some((pattern) => pattern.isNegated === isNegated && paths.some(pattern.matchesProperty))
  if (matches(true)) return false
  return matches(false) || propertiesOf(schema, breadcrumb).some((inner) => isPropertySelected(inner, patterns))
}

/** The entry with more metadata for the stream and for every property at every depth. */
function withMetadata(
  entry: JsonObject,
  root: JsonObject,
  added: (property: Property, known: JsonObject) => JsonObject,
): JsonObject {
  const known = metadataOf(entry)
  const below = allProperties(asObject(entry.schema)).map((property) => {
    const node = known(property.breadcrumb)
    return { breadcrumb: property.breadcrumb, metadata: { ...node, ...added(property, node) } }
  })
  return { ...entry, metadata: [{ breadcrumb: [], metadata: { ...known([]), ...root } }, ...below] }
}
