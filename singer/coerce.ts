import { asObject, Digits, isObject, type Json, type JsonObject, parseJson, textsOf } from './json.js'
import type { JsonSchema } from './schema.js'

/**
 * Settings come as strings from the environment and from many runners: where the schema wants another type and the text
 * means one, this is it. What cannot be read stays, for the check to name. Nulls are gone: they mean "not set", unless
 * the schema says `keepNulls: true`. Below `verbatim: true` all stays as it was given.
 */
export function coerce(value: Json, schema: JsonSchema): Json {
  if (schema.verbatim === true) return value
  const types = textsOf(schema.type)
  const read = converted(value, (type) => types.includes(type), schema)
  if (Array.isArray(read)) return read.map((item) => coerce(item, asObject(schema.items)))
  return isObject(read) ? coerceProperties(read, schema) : read
}

function coerceProperties(value: JsonObject, schema: JsonSchema): JsonObject {
  const properties = asObject(schema.properties)
  const others = asObject(schema.additionalProperties)
  const given = Object.entries(value).filter(([, item]) => item !== null || schema.keepNulls === true)
  return Object.fromEntries(
    given.map(([key, item]) => [
      key,
      coerce(item, Object.hasOwn(properties, key) ? asObject(properties[key]) : others),
    ]),
  )
}

function converted(value: Json, wants: (type: string) => boolean, schema: JsonSchema): Json {
  if (value instanceof Digits) return wants('string') && !wants('number') ? value.text : Number(value.text)
  if (typeof value === 'string') return wants('string') ? value : (fromText(value.trim(), wants, schema) ?? value)
  if (value === 0 || value === 1) return wants('boolean') && !wants('integer') ? value === 1 : asText(value, wants)
  return asText(value, wants)
}

/** A password of digits, a date of a YAML file: numbers and booleans where only a text is wanted. */
function asText(value: Json, wants: (type: string) => boolean): Json {
  if (typeof value === 'number') return wants('string') && !wants('integer') && !wants('number') ? `${value}` : value
  return typeof value === 'boolean' && wants('string') && !wants('boolean') ? `${value}` : value
}

function fromText(text: string, wants: (type: string) => boolean, schema: JsonSchema): Json | undefined {
  if (wants('integer') && /^[-+]?\d+$/.test(text)) return Number(text)
  if (wants('number') && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text)
  if (wants('boolean') && [...yes, ...no].includes(text.toLowerCase())) return yes.includes(text.toLowerCase())
  if (wants('array') && !text.startsWith('[')) return list(text, schema)
  return wants('array') || wants('object') ? json(text) : undefined
}

const yes = ['true', '1', 'yes', 'on', 'y', 't']
const no = ['false', '0', 'no', 'off', 'n', 'f']

/** `a, b` for a list of strings. */
function list(text: string, schema: JsonSchema): Json | undefined {
  if (asObject(schema.items).type !== 'string') return undefined
  return text === '' ? [] : text.split(',').map((item) => item.trim())
}

function json(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
