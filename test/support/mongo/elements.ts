import { type Document, deserialize, serialize } from 'bson'
import { BsonType } from '../../../tap-mongo/bson/bson-type.js'
import type { RawValue } from '../../../tap-mongo/bson/raw-value.js'
import type { Input } from './types.js'

/** A field of a document: its value is a part of the document's memory. */
export interface Element extends RawValue {
  readonly name: string
}

export const emptyDocument = Buffer.from([5, 0, 0, 0, 0])

/** The fields of a document (or of an array's bytes), in their order. */
export function elements(document: Buffer): Element[] {
  const found: Element[] = []
  for (let at = 4; document[at] !== 0; ) {
    const { type, start, end } = elementAt(document, at)
    found.push({ name: document.toString('utf8', at + 1, start - 1), type, bytes: document.subarray(start, end) })
    at = end
  }
  return found
}

/** The first field of this name. */
export function field(document: Buffer, name: string): RawValue | undefined {
  const wanted = Buffer.from(`${name}\0`)
  for (let at = 4; document[at] !== 0; ) {
    const { type, start, end } = elementAt(document, at)
    if (hasName(document, at + 1, wanted)) return { type, bytes: document.subarray(start, end) }
    at = end
  }
  return undefined
}

/** The documents of an array of documents. */
export function documentsOf(value: RawValue | undefined): Buffer[] {
  return value?.type === BsonType.array ? elements(value.bytes).map(({ bytes }) => bytes) : []
}

export function documentOf(fields: readonly Element[]): Buffer {
  const parts = fields.flatMap(({ name, type, bytes }) => [Buffer.from([type]), Buffer.from(`${name}\0`), bytes])
  return wrapped(parts)
}

/** The bytes of an array that holds these documents. */
export function arrayOf(documents: readonly Buffer[]): Buffer {
  return wrapped(documents.flatMap((document, index) => [Buffer.from(`\x03${index}\0`), document]))
}

/** The document with further fields behind its own. */
export function withFields(document: Buffer, ...fields: readonly Document[]): Buffer {
  const added = fields.map((more) => toBson(more).subarray(4, -1))
  return wrapped([document.subarray(4, -1), ...added])
}

export function toBson(input: Input): Buffer {
  if (Buffer.isBuffer(input)) return input
  return Buffer.from(serialize(input instanceof Map ? input : { ...input }))
}

export function rawValue(value: unknown): RawValue {
  return field(Buffer.from(serialize({ value }, { ignoreUndefined: false })), 'value') ?? never()
}

export function fromBson(document: Buffer): Document {
  return deserialize(document, { promoteValues: false, bsonRegExp: true, validation: { utf8: false } })
}

function wrapped(parts: readonly Buffer[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 5)
  const head = Buffer.alloc(4)
  head.writeInt32LE(size)
  return Buffer.concat([head, ...parts, Buffer.alloc(1)], size)
}

/** Type, and where the value of the element at `at` stands. */
function elementAt(document: Buffer, at: number): { type: number; start: number; end: number } {
  let start = at + 1
  while (document[start++] !== 0) if (start > document.length) throw new Error('this is no BSON document')
  const type = document[at] ?? 0
  const end = start + valueSize(type, document, start)
  if (end > document.length) throw new Error('this is no BSON document')
  return { type, start, end }
}

/** `name` with the 0 at its end. */
function hasName(document: Buffer, start: number, name: Buffer): boolean {
  for (let i = 0; i < name.length; i++) if (document[start + i] !== name[i]) return false
  return true
}

function valueSize(type: number, bytes: Buffer, at: number): number {
  switch (type) {
    case BsonType.double:
    case BsonType.date:
    case BsonType.timestamp:
    case BsonType.int64:
      return 8
    case BsonType.string:
    case BsonType.code:
    case BsonType.symbol:
      return 4 + bytes.readInt32LE(at)
    case BsonType.object:
    case BsonType.array:
    case BsonType.codeWithScope:
      return bytes.readInt32LE(at)
    case BsonType.binary:
      return 5 + bytes.readInt32LE(at)
    case BsonType.objectId:
      return 12
    case BsonType.boolean:
      return 1
    case BsonType.undefined:
    case BsonType.null:
    case BsonType.minKey:
    case BsonType.maxKey:
      return 0
    case BsonType.regex:
      return bytes.indexOf(0, bytes.indexOf(0, at) + 1) + 1 - at
    case BsonType.dbPointer:
      return 4 + bytes.readInt32LE(at) + 12
    case BsonType.int32:
      return 4
    case BsonType.decimal128:
      return 16
    default:
      throw new Error(`BSON has no type ${type}`)
  }
}

function never(): never {
  throw new Error('a field that was just written is missing')
}
