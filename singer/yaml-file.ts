import type { Document, ScalarTag, visit, YAMLError } from 'yaml'
import { ConfigError } from './errors.js'
import { Digits, type Json } from './json.js'
import { readText } from './json-file.js'

/** YAML 1.2, core schema and `<<`: dates stay texts, and numbers that a double would change are `Digits`. */
export async function readYamlFile(path: string, what: string): Promise<Json> {
  const text = readText(path, what)
  if (text.trim() === '') throw new ConfigError(`read the ${what} ${path}: the file is empty, YAML is wanted`)
  // Loaded for such files alone.
  const { LineCounter, parseDocument, visit: each } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: true,
    prettyErrors: true,
    lineCounter: lines,
    customTags: (tags) => tags.map((tag) => (isNumberTag(tag) ? withDigits(tag) : tag)),
  })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) throw new ConfigError(`read the ${what} ${path}: ${wordsOf(problem)}`)
  const bare = bareBrace(document, each)
  if (bare) {
    const { line } = lines.linePos(bare.offset)
    throw new ConfigError(`read the ${what} ${path}: ${quoteIt} at line ${line}, such as "{env.NAME}"`)
  }
  try {
    return jsonOf(document.toJS())
  } catch (problem) {
    if (problem instanceof ConfigError) throw new ConfigError(`read the ${what} ${path}: ${problem.message}`)
    throw new ConfigError(`read the ${what} ${path}: an alias of YAML cannot be resolved`)
  }
}

/** `{env.NAME}` without quotes is a mapping of that key to nothing: nobody means it. */
function bareBrace(document: Document, each: typeof visit): { readonly offset: number } | undefined {
  let found: { offset: number } | undefined
  each(document, {
    Map(_, map) {
      const [pair] = map.items
      const isBare = map.flow === true && map.items.length === 1 && pair?.value === null
      if (!isBare || !map.range) return undefined
      found = { offset: map.range[0] }
      return each.BREAK
    },
  })
  return found
}

const quoteIt = 'a text with a placeholder must stand in quotes'

type Tag = ScalarTag | string | object

function isNumberTag(tag: Tag): tag is ScalarTag {
  return typeof tag === 'object' && 'tag' in tag && /:(?:int|float)$/.test(String(tag.tag)) && 'resolve' in tag
}

function withDigits(tag: ScalarTag): ScalarTag {
  const resolve: ScalarTag['resolve'] = (text, onError, options) => {
    const isChanged = isJsonNumber.test(text) && String(Number(text)) !== text
    return isChanged ? new Digits(text) : tag.resolve(text, onError, options)
  }
  return { ...tag, resolve }
}

const isJsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/

/** Where the text breaks and why, and never what it holds there: it may be a password. */
function wordsOf({ code, linePos }: YAMLError): string {
  const place = linePos ? ` at line ${linePos[0].line}` : ''
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined
  return reason === undefined ? `no YAML${place}` : `${reason}${place}`
}

const reasons: Readonly<Record<string, string>> = {
  BAD_INDENT: 'the indentation is wrong',
  BLOCK_AS_IMPLICIT_KEY: 'a key and its value are not told apart, or the indentation is wrong',
  DUPLICATE_KEY: 'a key stands twice',
  MULTIPLE_DOCS: 'a second document begins',
  BAD_SCALAR_START: 'a text that begins with this sign must stand in quotes',
  MISSING_CHAR: 'a quote, a bracket or a comma is missing',
  TAB_AS_INDENT: 'a tab is no indentation',
  TAG_RESOLVE_FAILED: 'a tag is not known',
  UNEXPECTED_TOKEN: `a sign is in the wrong place (${quoteIt})`,
}

/** What JSON has no word for is refused. */
function jsonOf(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || value instanceof Digits) return value
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value
    throw new ConfigError('.inf and .nan are no values of settings')
  }
  if (Array.isArray(value)) return value.map(jsonOf)
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]))
  }
  throw new ConfigError('a value is neither text, number, boolean, list nor mapping')
}
