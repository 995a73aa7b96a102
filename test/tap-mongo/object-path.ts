import * as bson from 'mongodb'

/** The JSON text of a value of the driver, slowly: what the byte writer must write, digit for digit. */
export function slowJson(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return text(value)
  if (value instanceof Date) return dateText(value.getTime())
  if (Array.isArray(value)) return `[${value.map(slowJson).join()}]`
  if (value instanceof Map) return fieldsJson([...value])
  return bsonJson(value)
}

/** Equal names are all written. */
export function fieldsJson(fields: readonly (readonly [string, unknown])[]): string {
  return `{${fields.map(([name, value]) => `${text(name)}:${slowJson(value)}`).join()}}`
}

function bsonJson(value: unknown): string {
  if (value instanceof bson.ObjectId) return text(value.toHexString())
  if (value instanceof bson.Timestamp) return `{"t":${value.t},"i":${value.i}}`
  if (value instanceof bson.Long) return value.toBigInt().toString()
  if (value instanceof bson.Int32) return String(value.value)
  if (value instanceof bson.Double) return doubleText(value.value)
  if (value instanceof bson.Decimal128) return /N|I/.test(value.toString()) ? 'null' : value.toString()
  if (value instanceof bson.Binary) return text(binaryText(value))
  if (value instanceof bson.BSONRegExp) return `{"pattern":${text(value.pattern)},"options":${text(value.options)}}`
  if (value instanceof bson.BSONSymbol) return text(value.value)
  if (value instanceof bson.Code) {
    return value.scope ? `{"code":${text(value.code)},"scope":${slowJson(value.scope)}}` : text(value.code)
  }
  return 'null'
}

/** The driver writes half a surrogate pair as U+FFFD. */
function text(value: string): string {
  return JSON.stringify(Buffer.from(value).toString())
}

function dateText(ms: number): string {
  const iso = new Date(ms).toISOString()
  return iso.length === 24 && !iso.startsWith('0000') ? text(iso) : 'null'
}

function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0.0'
  return Number.isFinite(value) ? String(value) : 'null'
}

function binaryText({ buffer, sub_type }: bson.Binary): string {
  const bytes = Buffer.from(buffer)
  if ((sub_type !== 3 && sub_type !== 4) || bytes.length !== 16) return bytes.toString('base64')
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
