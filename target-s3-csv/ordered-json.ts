import { type Digits, isObject, type Json, parseJson } from '../singer/json.js'

/** JSON with objects as Maps: keys such as "2024" keep their place, which a plain object would move to the front. */
export type OrderedJson = null | boolean | number | string | Digits | readonly OrderedJson[] | OrderedObject
export type OrderedObject = ReadonlyMap<string, OrderedJson>

// A string before a colon is a key. `_` in front of it: no key looks like a number. DEL behind it: the JSON.parse of Node
// 24 and 26 takes a key with escapes for a known one that equals the beginning of its text (`_\n` for `_\`).
const stringOrKey = /"((?:[^"\\]|\\.)*)"(\s*:)?/g

/** @throws SyntaxError as JSON.parse. */
export function parseOrdered(text: string): OrderedJson {
  return ordered(parseJson(text.replace(stringOrKey, (found, key, colon) => (colon ? `"_${key}\x7f"${colon}` : found))))
}

function ordered(value: Json): OrderedJson {
  if (isObject(value)) return new Map(Object.entries(value).map(([key, member]) => [key.slice(1, -1), ordered(member)]))
  return isArray(value) ? value.map(ordered) : (value as OrderedJson)
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/** The inverse, for messages and comparison: objects without prototype. */
export function plain(value: OrderedJson): Json {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, member]) => [key, plain(member)]))
  return Array.isArray(value) ? value.map(plain) : (value as Json)
}
