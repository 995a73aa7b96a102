import { BsonType } from '../../../tap-mongo/bson/bson-type.js'
import type { RawValue } from '../../../tap-mongo/bson/raw-value.js'
import { bracket, compareBson, nullValue } from './compare.js'
import { documentsOf, elements } from './elements.js'
import { isNaNValue } from './numbers.js'
import { candidates } from './paths.js'
import { Refusal } from './refusal.js'
import { typeTest } from './type-operator.js'

export type Test = (document: Buffer) => boolean

/** The documents that the server's `find` would return for this filter; operators that stand nowhere here are refused. */
export function matcher(filter: Buffer): Test {
  const tests = elements(filter).map(({ name, ...value }) => clause(name, value))
  return (document) => tests.every((test) => test(document))
}

function clause(name: string, value: RawValue): Test {
  if (!name.startsWith('$')) return fieldTest(name, value)
  const tests = documentsOf(value).map(matcher)
  switch (name) {
    case '$and':
      return (document) => tests.every((test) => test(document))
    case '$or':
      return (document) => tests.some((test) => test(document))
    case '$nor':
      return (document) => !tests.some((test) => test(document))
    case '$comment':
      return () => true
    default:
      throw new Refusal(2, 'BadValue', `unknown top level operator: ${name}`)
  }
}

function fieldTest(path: string, value: RawValue): Test {
  const test = valueTest(value)
  return (document) => test(candidates(document, path))
}

/** Of all that stands at a path. */
type ValueTest = (found: readonly (RawValue | undefined)[]) => boolean

function valueTest(value: RawValue): ValueTest {
  const operators = value.type === BsonType.object ? elements(value.bytes) : []
  if (!operators[0]?.name.startsWith('$') || /^\$(ref|id|db)$/.test(operators[0].name)) {
    if (value.type === BsonType.regex) throw new Refusal(2, 'BadValue', 'regular expressions are not supported here')
    return any(value, '$eq')
  }
  const tests = operators.map(({ name, ...operand }) => operatorTest(name, operand))
  return (found) => tests.every((test) => test(found))
}

function operatorTest(name: string, operand: RawValue): ValueTest {
  if (operand.type === BsonType.undefined) throw new Refusal(2, 'BadValue', 'cannot compare to undefined')
  switch (name) {
    case '$eq':
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return any(operand, name)
    case '$ne':
      return not(any(operand, '$eq'))
    case '$in':
      return anyOf(operand)
    case '$nin':
      return not(anyOf(operand))
    case '$not':
      return not(valueTest(operand))
    case '$exists':
      return isTrue(operand) ? exists : not(exists)
    case '$type': {
      const test = typeTest(operand)
      return (found) => found.some((value) => value !== undefined && test(value.type))
    }
    default:
      throw new Refusal(2, 'BadValue', `unknown operator: ${name}`)
  }
}

const exists: ValueTest = (found) => found.some((value) => value !== undefined)

function not(test: ValueTest): ValueTest {
  return (found) => !test(found)
}

type Comparison = '$eq' | '$gt' | '$gte' | '$lt' | '$lte'

function any(operand: RawValue, comparison: Comparison): ValueTest {
  return (found) => found.some((value) => holds(value, operand, comparison))
}

function anyOf(operand: RawValue): ValueTest {
  if (operand.type !== BsonType.array) throw new Refusal(2, 'BadValue', '$in needs an array')
  const operands = elements(operand.bytes)
  return (found) => found.some((value) => operands.some((one) => holds(value, one, '$eq')))
}

// Comparisons see values of the operand's bracket only, but for null (= missing) and for MinKey and MaxKey; NaN is only
// equal to itself. As in MongoDB 7.0; from 8.0 on null is no longer equal to undefined.
function holds(value: RawValue | undefined, operand: RawValue, comparison: Comparison): boolean {
  const found = value ?? nullValue
  const hasEqual = comparison === '$eq' || comparison === '$gte' || comparison === '$lte'
  if (bracket(found) !== bracket(operand)) {
    if (isNullish(found) && isNullish(operand)) return hasEqual
    if (operand.type === BsonType.minKey) return comparison === '$gt' || comparison === '$gte'
    return operand.type === BsonType.maxKey && (comparison === '$lt' || comparison === '$lte')
  }
  if (isNaNValue(found) || isNaNValue(operand)) return hasEqual && isNaNValue(found) && isNaNValue(operand)
  const order = compareBson(found, operand)
  if (order === 0) return hasEqual
  return order > 0 ? comparison === '$gt' || comparison === '$gte' : comparison === '$lt' || comparison === '$lte'
}

function isNullish({ type }: RawValue): boolean {
  return type === BsonType.null || type === BsonType.undefined
}

function isTrue({ type, bytes }: RawValue): boolean {
  return type !== BsonType.null && type !== BsonType.undefined && bytes.some((byte) => byte !== 0)
}
