import { Digits, isObject, type Json } from './json.js'

/** Takes secrets out of texts that are about to be logged: by value, wherever they come from. */
export interface Redaction {
  add(secrets: Iterable<string>): void
  text(text: string): string
  /** Texts at every depth; keys stay. */
  value(value: Json): Json
}

export function createRedaction(): Redaction {
  const spellings = new Set<string>()
  let pattern: RegExp | undefined
  const redaction: Redaction = {
    add(secrets) {
      for (const secret of secrets) for (const spelling of spellingsOf(secret)) spellings.add(spelling)
      const longestFirst = [...spellings].sort((a, b) => b.length - a.length)
      if (longestFirst.length > 0) pattern = new RegExp(longestFirst.map(escaped).join('|'), 'g')
    },
    text: (text) => (pattern ? text.replace(pattern, '***') : text),
    value: (value) => (pattern ? mapTexts(value, redaction.text) : value),
  }
  return redaction
}

/**
 * Fewer characters stand by chance in any line, and whoever reads stars there knows them. Such a secret is as safe as
 * every value of the settings: none is ever put into a message.
 */
const shortest = 3

/** As URLs, forms, HTTP headers, JSON and the tail of a base64 text would hold it. */
function spellingsOf(secret: string): string[] {
  if (secret.length < shortest) return []
  const bytes = Buffer.from(secret)
  const wellFormed = bytes.toString()
  const form = new URLSearchParams({ s: wellFormed }).toString().slice('s='.length)
  const urls = [encodeURIComponent(wellFormed), encodeURI(wellFormed), form]
  const inLowerCase = urls.map((url) => url.replace(/%../g, (byte) => byte.toLowerCase()))
  const base64 = [bytes.toString('base64'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')]
  return [secret, ...urls, ...inLowerCase, ...base64, JSON.stringify(secret).slice(1, -1)]
}

function mapTexts(value: Json, map: (text: string) => string): Json {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map))
  if (!isObject(value) || value instanceof Digits) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, map)]))
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
