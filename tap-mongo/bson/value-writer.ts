import { viewOf } from '../../singer/bytes.js'
import { SourceError } from '../../singer/index.js'
import type { TypeOptions } from '../types.js'
import { BsonType } from './bson-type.js'
import type { Conversion, Output, Write } from './conversion.js'
import { damaged, damagedOr } from './damaged.js'
import { canonicalWriters, relaxedWriters } from './ejson.js'
import { fieldPath } from './field-path.js'
import { type NestedWriters, nestedWriters } from './nested.js'
import { type Parts, plainWriters } from './plain.js'
import type { OnNulled } from './plain-values.js'
import { textWriter } from './text.js'
import { valueEnd } from './value-end.js'
import { ValueError } from './value-error.js'

export type { Output } from './conversion.js'
export type { OnNulled } from './plain-values.js'

/** What it writes is JSON in UTF-8. What it cannot write is a SourceError that names the field, never the value. */
export interface ValueWriter {
  /** Writes the value of this type that begins at `pos` of the document, with all that is in it; returns the position after it. */
  value(type: number, pos: number): number
  /** Writes the whole document or array that begins at `pos`; returns the position after it. */
  document(pos: number, isArray: boolean): number
  /** The position after a value, without writing it. */
  skip(type: number, pos: number): number
  /** The document that value, document and skip read from now on, as they read it. */
  readFrom(document: Buffer): DataView
  readonly output: Output
}

/** The most that the JSON of BSON of this length takes; see test/tap-mongo/value-writer.test.ts for the worst of each type. */
export function maxLength(bsonLength: number, format: TypeOptions['document_format']): number {
  return bsonLength * (format === 'plain' ? 8 : 14)
}

export function valueWriter(output: Output, options: TypeOptions, onNulled: OnNulled): ValueWriter {
  const text = textWriter(options.invalid_utf8)
  const table: Write[] = []
  const nested = nestedWriters(table, text)
  fill(table, nested, formats[options.document_format]({ options, text, object: nested.object, onNulled }))
  const conversion: Conversion = { input: new DataView(new ArrayBuffer(0)), output }
  const value = (type: number, pos: number) => {
    try {
      nested.reset()
      return table[type]?.(pos, conversion) ?? pos
    } catch (cause) {
      throw named(cause, conversion.input)
    }
  }
  return {
    output,
    value,
    document(pos, isArray) {
      return value(isArray ? BsonType.array : BsonType.object, pos)
    },
    skip(type, pos) {
      try {
        return valueEnd(conversion.input, type, pos)
      } catch (cause) {
        throw damagedOr(cause)
      }
    },
    readFrom(document) {
      conversion.input = viewOf(document)
      return conversion.input
    },
  }
}

const formats: Readonly<Record<TypeOptions['document_format'], (parts: Parts) => Readonly<Record<number, Write>>>> = {
  plain: plainWriters,
  relaxed_ejson: relaxedWriters,
  canonical_ejson: canonicalWriters,
}

function fill(table: Write[], { object, array }: NestedWriters, values: Readonly<Record<number, Write>>): void {
  const all: Readonly<Record<number, Write>> = { ...values, [BsonType.object]: object, [BsonType.array]: array }
  for (let type = 0; type < 256; type++) table.push(all[type] ?? noValue(type))
}

function noValue(type: number): Write {
  return () => {
    throw damaged(`it has a value of type 0x${type.toString(16)}, which does not exist`)
  }
}

function named(cause: unknown, document: DataView): unknown {
  if (!(cause instanceof ValueError)) return damagedOr(cause)
  return new SourceError(`field ${fieldPath(document, cause.pos)}: ${cause.message}`, { cause })
}
