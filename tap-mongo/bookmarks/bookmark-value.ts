import { Digits, isObject, type Json, parseJson, SourceError, stableText } from '../../singer/index.js'
import { driver } from '../bson/driver.js'
import { driverValue, isSameValue, type RawValue, rawValueOf } from '../bson/raw-value.js'

/** As canonical Extended JSON where that comes back as the same bytes; else `{"$bson": "base64 of {'': value}"}`. */
export function toBookmark(value: RawValue): Json {
  const json = asExtendedJson(value)
  return json === undefined ? { $bson: asDocument(value).toString('base64') } : json
}

/** What toBookmark wrote; plain JSON values are the BSON that they look like. */
export function fromBookmark(stored: Json): RawValue {
  try {
    if (isObject(stored) && typeof stored.$bson === 'string') return onlyValue(Buffer.from(stored.$bson, 'base64'))
    const text = stableText(stored instanceof Digits ? exact(stored) : stored)
    return rawValueOf(driver().BSON.EJSON.parse(text, { relaxed: false }))
  } catch (cause) {
    const message = 'read the state: it holds a value that is no Extended JSON; run without this bookmark to start over'
    throw new SourceError(message, { cause })
  }
}

/** Undefined where it would come back changed, like fields in another order than that in which a STATE is printed. */
function asExtendedJson(value: RawValue): Json | undefined {
  try {
    const json = parseJson(driver().BSON.EJSON.stringify(driverValue(value), { relaxed: false }))
    return isSameValue(fromBookmark(json), value) ? json : undefined
  } catch {
    // What the driver cannot send, and documents that look like Extended JSON themselves.
    return undefined
  }
}

function asDocument({ type, bytes }: RawValue): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32LE(bytes.length + 7)
  return Buffer.concat([length, Buffer.from([type, 0]), bytes, Buffer.from([0])])
}

function onlyValue(document: Buffer): RawValue {
  if (document.length < 7 || document.readInt32LE(0) !== document.length) throw new SourceError('it is no document')
  return { type: document.readUInt8(4), bytes: document.subarray(6, -1) }
}

/** Of plain numbers that a double would change, the type that holds them. */
function exact({ text }: Digits): Json {
  if (!/^-?\d+$/.test(text) || text === '-0') return { $numberDouble: text === '-0' ? '-0.0' : text }
  return BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? { $numberLong: text } : { $numberDecimal: text }
}
