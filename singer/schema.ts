import { Digits, type JsonObject } from './json.js'

export type JsonSchema = JsonObject

/** Bounds are given as text where a double would round them: `integer('0', '18446744073709551615')`. */
export function integer(minimum: string, maximum: string): JsonSchema {
  return { type: ['null', 'integer'], minimum: exact(minimum), maximum: exact(maximum) }
}

/** DECIMAL(precision, scale) as a JSON number with exact digits. */
export function decimal(scale: number): JsonSchema {
  return { type: ['null', 'number'], multipleOf: scale === 0 ? 1 : exact(`0.${'0'.repeat(scale - 1)}1`) }
}

export function nullable(type: string, rest: JsonSchema = {}): JsonSchema {
  return { type: ['null', type], ...rest }
}

function exact(text: string): number | Digits {
  return String(Number(text)) === text ? Number(text) : new Digits(text)
}
