import { Digits } from '../singer/json.js'
import { compare, type Decimal, decimal, isInteger, isMultiple } from './decimal.js'
import type { OrderedJson, OrderedObject } from './ordered-json.js'

/** What a SCHEMA asks of a number. */
export interface NumberRules {
  /** Why this number of JSON breaks the rules; undefined when it keeps them. */
  violation(text: string): string | undefined
  /** Nothing is asked, beyond perhaps that it is an integer. */
  readonly isEmpty: boolean
  /** Integers of up to so many digits keep every rule, at or above zero and below it. */
  readonly safeDigits: number
  readonly safeNegativeDigits: number
  /** Numbers of up to so many digits after the point keep every rule; -1 when that does not suffice. */
  readonly safeScale: number
}

const unlimited = 255

export function numberRules(keywords: OrderedObject, isIntegerOnly: boolean): NumberRules {
  const bounds = boundsOf(keywords)
  const step = decimalOf(keywords.get('multipleOf'))
  const hasSafeStep = step === undefined || (step.digits === '1' && step.exponent <= 0)
  const isUnbounded = bounds.length === 0
  return {
    violation: (text) => violation(decimal(text), { bounds, step, isIntegerOnly }),
    isEmpty: isUnbounded && step === undefined,
    safeDigits: hasSafeStep ? safeDigits(bounds, 1) : 0,
    safeNegativeDigits: hasSafeStep ? safeDigits(bounds, -1) : 0,
    safeScale: isUnbounded && hasSafeStep && !isIntegerOnly ? (step ? -step.exponent : unlimited) : -1,
  }
}

/** `sign` × value must not go beyond `sign` × limit. */
interface Bound {
  readonly sign: 1 | -1
  readonly limit: Decimal
  readonly isExclusive: boolean
}

/** The exclusive forms are numbers, and in the draft 4 of JSON Schema booleans beside the inclusive ones. */
function boundsOf(keywords: OrderedObject): readonly Bound[] {
  const bound = (sign: 1 | -1, inclusive: string, exclusive: string): Bound[] => {
    const [limit, strict] = [decimalOf(keywords.get(inclusive)), decimalOf(keywords.get(exclusive))]
    return [
      ...(limit ? [{ sign, limit, isExclusive: keywords.get(exclusive) === true }] : []),
      ...(strict ? [{ sign, limit: strict, isExclusive: true }] : []),
    ]
  }
  return [...bound(1, 'maximum', 'exclusiveMaximum'), ...bound(-1, 'minimum', 'exclusiveMinimum')]
}

function decimalOf(value: OrderedJson | undefined): Decimal | undefined {
  if (value instanceof Digits) return decimal(value.text)
  return typeof value === 'number' ? decimal(String(value)) : undefined
}

interface Rules {
  readonly bounds: readonly Bound[]
  readonly step: Decimal | undefined
  readonly isIntegerOnly: boolean
}

function violation(value: Decimal, { bounds, step, isIntegerOnly }: Rules): string | undefined {
  if (isIntegerOnly && !isInteger(value)) return 'is no integer'
  for (const { sign, limit, isExclusive } of bounds) {
    const beyond = compare(value, limit) * sign
    if (beyond > 0 || (isExclusive && beyond === 0)) return `is ${sign > 0 ? 'above the maximum' : 'below the minimum'}`
  }
  if (step !== undefined && !isMultiple(value, step)) return 'is no multiple of multipleOf'
  return undefined
}

/** Every integer of that sign with so many digits is within the bounds. Zero counts as both. */
function safeDigits(bounds: readonly Bound[], sign: 1 | -1): number {
  const digits = bounds.map(({ sign: side, limit, isExclusive }) => {
    const room = compare(limit, zero) * side
    if (side === sign) return room > 0 ? limit.digits.length + limit.exponent - 1 : 0
    return room > 0 || (room === 0 && !isExclusive) ? unlimited : 0
  })
  return Math.max(0, Math.min(unlimited, ...digits))
}

const zero = decimal('0')
