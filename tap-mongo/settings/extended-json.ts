import { ConfigError, Digits, isObject, type Json, type JsonObject, jsonText, parseJson } from '../../singer/index.js'
import { driver } from '../bson/driver.js'

/**
 * What a user wrote in Extended JSON, as an object or as its text, for the driver. Documents in it are Maps: they keep the
 * order of names like "10". @throws ConfigError for what is none.
 */
export function fromExtendedJson(given: Json): Readonly<Record<string, unknown>> {
  const value = typeof given === 'string' ? parsed(given) : given
  if (!isObject(value) || isTyped(value)) throw new ConfigError('is no JSON object')
  return Object.fromEntries(converted(value))
}

function parsed(text: string): Json {
  try {
    return parseJson(text)
  } catch (cause) {
    throw new ConfigError('is no JSON', { cause })
  }
}

function convert(value: Json): unknown {
  if (value instanceof Digits) return numberOf(value.text)
  if (Array.isArray(value)) return value.map(convert)
  if (!isObject(value)) return value
  return isTyped(value) ? typedValue(value) : new Map(converted(value))
}

function converted(value: JsonObject): [string, unknown][] {
  return Object.entries(value).map(([key, item]) => [key, convert(item)])
}

/** https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md */
const typeKeys = new Set([
  ...[
    '$oid',
    '$numberInt',
    '$numberLong',
    '$numberDouble',
    '$numberDecimal',
    '$date',
    '$binary',
    '$uuid',
    '$timestamp',
  ],
  ...['$regularExpression', '$symbol', '$code', '$minKey', '$maxKey', '$undefined', '$dbPointer'],
])

function isTyped(value: JsonObject): boolean {
  return Object.keys(value).some((key) => typeKeys.has(key))
}

/** All digits of an integer; the driver takes other numbers as doubles. */
function numberOf(text: string): unknown {
  if (isInteger(text, 64)) return driver().Long.fromString(text)
  const number = Number(text)
  if (Number.isFinite(number)) return number
  throw new ConfigError('has a number that no double holds: write {"$numberDecimal": "…"}')
}

function typedValue(value: JsonObject): unknown {
  const [type = ''] = Object.keys(value)
  const given = value[type]
  if (digitTypes[type]?.(String(given)) === false) throw new ConfigError(`has a ${type} that is none`)
  try {
    // Wrapped: a value alone has no place in a document of the driver.
    const { read } = driver().BSON.EJSON.parse(jsonText({ read: value }), { relaxed: false })
    if (!(read instanceof Date && Number.isNaN(read.getTime()))) return read
  } catch (cause) {
    throw new ConfigError(`has a ${type} that is none`, { cause })
  }
  throw new ConfigError(`has a ${type} that is none`)
}

/** What the driver would read as some other number. */
const digitTypes: Readonly<Record<string, (text: string) => boolean>> = {
  $numberInt: (text) => isInteger(text, 32),
  $numberLong: (text) => isInteger(text, 64),
  $numberDouble: (text) => /^(-?\d+(\.\d*)?([eE][-+]?\d+)?|NaN|-?Infinity)$/.test(text),
}

function isInteger(text: string, bits: number): boolean {
  return /^-?\d+$/.test(text) && BigInt.asIntN(bits, BigInt(text)) === BigInt(text)
}
