import { problemText } from '../singer/errors.js'
import { ConfigError, Digits, isObject, type Json, type JsonObject, jsonText, parseJson } from '../singer/index.js'
import { driver } from './driver.js'

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
  if (/^-?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) return driver().Long.fromString(text)
  const number = Number(text)
  if (Number.isFinite(number)) return number
  throw new ConfigError('has a number that no double holds: write {"$numberDecimal": "…"}')
}

function typedValue(value: JsonObject): unknown {
  const [type = ''] = Object.keys(value)
  const wrong = new ConfigError(`has a ${type} that is no such value`)
  const shape = digitTypes[type]
  if (shape && !(typeof value[type] === 'string' && shape.test(value[type]))) throw wrong
  try {
    // Wrapped: a value alone has no place in a document of the driver.
    const { read } = driver().BSON.EJSON.parse(jsonText({ read: value }), { relaxed: false })
    if (!(read instanceof Date && Number.isNaN(read.getTime()))) return read
  } catch (cause) {
    throw new ConfigError(`${wrong.message}: ${problemText(cause)}`, { cause })
  }
  throw wrong
}

/** What the driver would read as some other number. */
const digitTypes: Readonly<Record<string, RegExp>> = {
  $numberInt: /^-?\d{1,10}$/,
  $numberLong: /^-?\d{1,19}$/,
  $numberDouble: /^(-?\d+(\.\d*)?([eE][-+]?\d+)?|NaN|-?Infinity)$/,
}
