import stringify from 'fast-json-stable-stringify'
import { digitsMark, guardedText, isGuardedKey, unguardedKey } from './json-guard.js'

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
    return `${digitsMark}${this.text}`
  }
}

const markedText = /"\\u0000digits:([-+.\dEe]+)"/g

/** JSON.parse that keeps every digit: a number that a double would print differently becomes `Digits`. */
export function parseJson(text: string): Json {
  const guarded = guardedText(text)
  const value = JSON.parse(guarded)
  return guarded === text ? value : unguarded(value)
}

/** In place where it can be, since nobody else has the value yet: a reviver takes many times as long. */
function unguarded(value: Json): Json {
  if (typeof value === 'string' && value.startsWith(digitsMark)) return new Digits(value.slice(digitsMark.length))
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value)
  if (keys.some(isGuardedKey)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [unguardedKey(key), unguarded(item)]))
  }
  const inner = value as Record<string, Json>
  for (const key of keys) inner[key] = unguarded(inner[key] ?? null)
  return value
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
