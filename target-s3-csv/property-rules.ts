import { choiceRule } from './choices.js'
import { numberRules } from './number-rules.js'
import type { OrderedJson, OrderedObject } from './ordered-json.js'
import type { JsonType, Shape } from './shape.js'
import { kinds } from './values.js'

/** What a SCHEMA asks of one property, compiled. */
export interface PropertyRules {
  /** Kinds of value, as bits, that keep every rule whatever the value. */
  readonly allowed: number
  /** Integers of up to so many digits keep every rule; at or above zero, and below it. */
  readonly safeDigits: number
  readonly safeNegativeDigits: number
  /** Numbers without exponent and of up to so many digits after the point keep every rule; -1: they may not. */
  readonly safeScale: number
  /** Strings of up to so many bytes keep every rule. */
  readonly safeBytes: number
  /** Why this value breaks the rules; undefined when it keeps them. `json`: its text, a string's without the quotes. */
  violation(kind: number, json: string): string | undefined
}

/**
 * Types, minimum, maximum and their exclusive forms, multipleOf, minLength, maxLength, enum and const. Not checked:
 * pattern and format, and what is inside of an array or of an object that is one column. A null needs its type only.
 */
export function propertyRules({ types, keywords }: Shape, isRequired: boolean): PropertyRules {
  const taken = kindsOf(types) | (isRequired ? 0 : bit(kinds.absent))
  const isIntegerOnly = !types.has('number')
  const numbers = numberRules(keywords, isIntegerOnly)
  const lookedNumbers = numbers.isEmpty ? (isIntegerOnly ? bit(kinds.number) : 0) : anyNumber
  const strings = stringRules(keywords)
  const choose = choiceRule(keywords)
  const isSafe = (mask: number) => choose === undefined && (taken & mask) !== 0
  return {
    allowed: taken & (choose ? nothing : ~(lookedNumbers | (strings.isEmpty ? 0 : anyString))),
    safeDigits: isSafe(anyNumber) ? numbers.safeDigits : 0,
    safeNegativeDigits: isSafe(anyNumber) ? numbers.safeNegativeDigits : 0,
    safeScale: isSafe(anyNumber) ? numbers.safeScale : -1,
    safeBytes: isSafe(anyString) ? strings.safeBytes : -1,
    violation(kind, json) {
      if (((taken >>> kind) & 1) === 0) return typeViolation(kind, types)
      if (bit(kind) & nothing) return undefined
      if (bit(kind) & anyNumber) return numbers.violation(json) ?? choose?.(json)
      if (bit(kind) & anyString) return strings.violation(json) ?? choose?.(`"${json}"`)
      return choose?.(json)
    },
  }
}

function bit(kind: number): number {
  return 1 << kind
}

const nothing = bit(kinds.absent) | bit(kinds.null)
const anyNumber = bit(kinds.integer) | bit(kinds.number)
const anyString = bit(kinds.string) | bit(kinds.specialString) | bit(kinds.escapedString)

const kindsOfType: Readonly<Record<JsonType, number>> = {
  null: bit(kinds.null),
  boolean: bit(kinds.true) | bit(kinds.false),
  // 1.0 and 1e3 are integers too: https://json-schema.org/draft/2020-12/json-schema-core#section-4.2.3
  integer: anyNumber,
  number: anyNumber,
  string: anyString,
  object: bit(kinds.object),
  array: bit(kinds.array),
}

function kindsOf(types: ReadonlySet<JsonType>): number {
  let mask = 0
  for (const type of types) mask |= kindsOfType[type]
  return mask
}

const kindNames = [
  'is missing',
  'is null',
  'is an integer',
  'is a number',
  'is a boolean',
  'is a boolean',
  'is a string',
  'is a string',
  'is a string',
  'is an object',
  'is an array',
]

function typeViolation(kind: number, types: ReadonlySet<JsonType>): string {
  if (kind === kinds.absent) return 'is missing'
  const wanted = types.size === 0 ? 'no value' : [...types].join(' or ')
  return `${kindNames[kind]} where the SCHEMA allows ${wanted}`
}

interface StringRules {
  readonly isEmpty: boolean
  readonly safeBytes: number
  violation(json: string): string | undefined
}

/** Characters are counted as JSON Schema does, by code points. */
function stringRules(keywords: OrderedObject): StringRules {
  const [min, max] = [countOf(keywords.get('minLength')), countOf(keywords.get('maxLength'))]
  return {
    isEmpty: min === undefined && max === undefined,
    // A character has at least one byte.
    safeBytes: min ? -1 : (max ?? Number.POSITIVE_INFINITY),
    violation(json) {
      const length = [...String(JSON.parse(`"${json}"`))].length
      if (max !== undefined && length > max) return `is longer than the ${max} characters of maxLength`
      return min !== undefined && length < min ? `is shorter than the ${min} characters of minLength` : undefined
    },
  }
}

function countOf(value: OrderedJson | undefined): number | undefined {
  return typeof value === 'number' && value >= 0 ? Math.floor(value) : undefined
}
