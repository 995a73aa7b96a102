import stringify from 'fast-json-stable-stringify'

export type Json = null | boolean | number | string | Digits | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

/** A number whose text a double would change: 18446744073709551615, 1.10, -0, 1e400. Printed as it came. */
export class Digits {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toJSON(): string {
    return `${mark}${this.text}`
  }
}

// Digits travel through JSON.parse and JSON.stringify as strings that begin with this mark.
const mark = '\u0000digits:'
const markedText = /"\\u0000digits:([-+.\dEe]+)"/g
const token = /"(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/g

/** JSON.parse that keeps every digit: a number that a double would print differently becomes `Digits`. */
export function parseJson(text: string): Json {
  const guarded = text.replace(token, (found) => (isExact(found) ? found : `"\\u0000digits:${found}"`))
  const value = JSON.parse(guarded)
  return guarded === text ? value : withDigits(value)
}

/** In place, since nobody else has the value yet: a reviver takes many times as long. */
function withDigits(value: Json): Json {
  if (typeof value === 'string' && value.startsWith(mark)) return new Digits(value.slice(mark.length))
  if (typeof value !== 'object' || value === null) return value
  const inner = value as Record<string, Json>
  for (const key of Object.keys(inner)) inner[key] = withDigits(inner[key] ?? null)
  return value
}

function isExact(found: string): boolean {
  return found.startsWith('"') || String(Number(found)) === found
}

/**
 * JSON text, keys in the order of insertion: SCHEMA and catalogs, where the order of columns is the source's. Compact, or
 * indented by this many spaces.
 */
export function jsonText(value: Json, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(markedText, '$1')
}

/** Compact JSON text with sorted keys: equal values are equal text. For STATE and for the identity of schemas. */
export function stableText(value: Json): string {
  return stringify(value).replace(markedText, '$1')
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Digits)
}

export function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

/** The strings of a list; a string alone is one, too. */
export function textsOf(value: Json | undefined): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string')
}
