import { bufferOf, textOf, viewOf } from '../../singer/bytes.js'
import { SourceError } from '../../singer/index.js'
import { BsonType } from './bson-type.js'
import { damaged, damagedOr } from './damaged.js'
import { driver } from './driver.js'
import type { RawValue } from './raw-value.js'
import { lastByte, nameEnd, textEnd, valueEnd } from './value-end.js'

/**
 * The value as the driver takes it in filters: on the wire it has the same bytes again. Documents are Maps, which keep the
 * order of names like "10" and have no `__proto__`.
 * @throws SourceError for what the driver would change, like text that is not UTF-8: no filter rather than a wrong one.
 */
export function driverValue(value: RawValue): unknown {
  try {
    const converted = convert(viewOf(value.bytes), value.type, 0)
    if (isNaNValue(value) || rawValueOf(converted).bytes.equals(value.bytes)) return converted
  } catch (cause) {
    if (cause instanceof SourceError) throw cause
    throw new SourceError(`the driver refuses a value of BSON type ${value.type}`, { cause: damagedOr(cause) })
  }
  throw new SourceError(`the driver cannot send a value of BSON type ${value.type} back to the server as it came`)
}

/** The BSON that the driver makes of a value. */
export function rawValueOf(value: unknown): RawValue {
  const document = driver().BSON.serialize(new Map([['', value]]))
  return { type: document[4] ?? 0, bytes: Buffer.from(document.subarray(6, -1)) }
}

/** All NaN are one to the server, whatever their bits; the driver may send others. */
function isNaNValue({ type, bytes }: RawValue): boolean {
  return type === BsonType.double && Number.isNaN(bytes.readDoubleLE())
}

function convert(view: DataView, type: number, pos: number): unknown {
  const make = converters[type]
  if (make) return make(view, pos)
  throw damaged(`it has a value of type 0x${type.toString(16)}, which does not exist`)
}

const converters: Readonly<Record<number, (view: DataView, pos: number) => unknown>> = {
  [BsonType.double]: (view, pos) => new (driver().Double)(view.getFloat64(pos, true)),
  [BsonType.string]: text,
  [BsonType.object]: (view, pos) => new Fields(elements(view, pos)),
  [BsonType.array]: (view, pos) => elements(view, pos).map(([, value]) => value),
  [BsonType.binary]: binary,
  [BsonType.undefined]: () => unsendable('undefined'),
  [BsonType.objectId]: (view, pos) => new (driver().ObjectId)(bytesAt(view, pos, 12)),
  [BsonType.boolean]: (view, pos) => view.getUint8(pos) !== 0,
  [BsonType.date]: (view, pos) => new WideDate(Number(view.getBigInt64(pos, true))),
  [BsonType.null]: () => null,
  [BsonType.regex]: regex,
  [BsonType.dbPointer]: () => unsendable('DBPointer'),
  [BsonType.code]: (view, pos) => new (driver().Code)(text(view, pos)),
  [BsonType.symbol]: (view, pos) => new (driver().BSONSymbol)(text(view, pos)),
  [BsonType.codeWithScope]: codeWithScope,
  [BsonType.int32]: (view, pos) => new (driver().Int32)(view.getInt32(pos, true)),
  [BsonType.timestamp]: (view, pos) => new (driver().Timestamp)(view.getBigUint64(pos, true)),
  [BsonType.int64]: (view, pos) => driver().Long.fromBigInt(view.getBigInt64(pos, true)),
  [BsonType.decimal128]: (view, pos) => new (driver().Decimal128)(bytesAt(view, pos, 16)),
  [BsonType.minKey]: () => new (driver().MinKey)(),
  [BsonType.maxKey]: () => new (driver().MaxKey)(),
}

function text(view: DataView, pos: number): string {
  return textOf(view, pos + 4, textEnd(view, pos))
}

function bytesAt(view: DataView, pos: number, length: number): Buffer {
  return Buffer.from(bufferOf(view, pos, pos + length))
}

function elements(view: DataView, pos: number): [string, unknown][] {
  const last = lastByte(view, pos)
  const found: [string, unknown][] = []
  for (let element = pos + 4; element < last; ) {
    const type = view.getUint8(element)
    const end = nameEnd(view, element + 1)
    found.push([textOf(view, element + 1, end), convert(view, type, end + 1)])
    element = valueEnd(view, type, end + 1)
  }
  return found
}

function binary(view: DataView, pos: number): unknown {
  const subtype = view.getUint8(pos + 4)
  const start = subtype === oldBinary ? pos + 9 : pos + 5
  return new (driver().Binary)(bytesAt(view, start, valueEnd(view, BsonType.binary, pos) - start), subtype)
}

function regex(view: DataView, pos: number): unknown {
  const end = nameEnd(view, pos)
  return new (driver().BSONRegExp)(textOf(view, pos, end), textOf(view, end + 1, nameEnd(view, end + 1)))
}

function codeWithScope(view: DataView, pos: number): unknown {
  return new (driver().Code)(text(view, pos + 4), new Fields(elements(view, textEnd(view, pos + 4) + 1)))
}

function unsendable(type: string): never {
  throw new SourceError(`the driver cannot send a value of type ${type}`)
}

/** Subtype 2 has its length once more inside. */
const oldBinary = 2

/** Milliseconds that no Date can hold: beyond the year 275760. */
class WideDate extends Date {
  readonly #ms: number
  constructor(ms: number) {
    super(ms)
    this.#ms = ms
  }
  override getTime(): number {
    return this.#ms
  }
}

/** The fields of a document, those of equal names, too, of which a Map alone keeps the last. */
class Fields extends Map<string, unknown> {
  readonly #pairs: [string, unknown][]
  constructor(pairs: [string, unknown][]) {
    super(pairs)
    this.#pairs = pairs
  }
  override entries() {
    return this.#pairs.values()
  }
}
