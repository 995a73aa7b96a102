import { Digits, isObject, type Json, parseJson, stableText } from '../singer/json.js'
import { decimal } from './decimal.js'
import { type OrderedObject, plain } from './ordered-json.js'

/** Why a JSON text is none of the values of `enum` or `const`; undefined when it is one. */
export type ChoiceRule = (json: string) => string | undefined

export function choiceRule(keywords: OrderedObject): ChoiceRule | undefined {
  const rules = [
    ...(keywords.has('enum') ? [oneOf('enum', plain(keywords.get('enum') ?? null))] : []),
    ...(keywords.has('const') ? [oneOf('const', [plain(keywords.get('const') ?? null)])] : []),
  ]
  return rules.length === 0
    ? undefined
    : (json) => rules.map((rule) => rule(json)).find((reason) => reason !== undefined)
}

function oneOf(keyword: string, values: Json): ChoiceRule {
  const texts = new Set(Array.isArray(values) ? values.map((value: Json) => stableText(comparable(value))) : [])
  return (json) =>
    texts.has(stableText(comparable(parseJson(json)))) ? undefined : `is none of the values of ${keyword}`
}

/** 1, 1.0 and 1e0 are one value. */
function comparable(value: Json): Json {
  if (typeof value === 'number' || value instanceof Digits) {
    const { isNegative, digits, exponent } = decimal(value instanceof Digits ? value.text : String(value))
    return `number ${isNegative ? '-' : ''}${digits}e${exponent}`
  }
  if (typeof value === 'string') return `string ${value}`
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, comparable(member)]))
  return Array.isArray(value) ? value.map(comparable) : value
}
