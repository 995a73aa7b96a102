import type { ScalarTag, YAMLError } from 'yaml'
import { ConfigError } from './errors.js'
import { Digits, type Json } from './json.js'
import { readText } from './json-file.js'

/** YAML 1.2, core schema and `<<`: dates stay texts, and numbers that a double would change are `Digits`. */
export async function readYamlFile(path: string, what: string): Promise<Json> {
  const text = readText(path, what)
  if (text.trim() === '') throw new ConfigError(`read the ${what} ${path}: the file is empty, YAML is wanted`)
  // Loaded for such files alone.
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: true,
    prettyErrors: true,
    customTags: (tags) => tags.map((tag) => (isNumberTag(tag) ? withDigits(tag) : tag)),
  })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) throw new ConfigError(`read the ${what} ${path}: ${wordsOf(problem)}`)
  try {
    return jsonOf(document.toJS())
  } catch (problem) {
    if (problem instanceof ConfigError) throw new ConfigError(`read the ${what} ${path}: ${problem.message}`)
    throw new ConfigError(`read the ${what} ${path}: an alias of YAML cannot be resolved`)
  }
}

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
  TAB_AS_INDENT: 'a tab is no indentation',
  TAG_RESOLVE_FAILED: 'a tag is not known',
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
