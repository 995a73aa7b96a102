import type { TypeOptions } from '../types.js'

/** JSON text that grows; `at` is its end. Whoever calls a writer has made room: `maxLength` of the document's length. */
export interface Output {
  bytes: Buffer
  view: DataView
  at: number
}

/** Told of a value that no JSON can hold and that became null, by its position in the document. */
export type OnNulled = (pos: number) => void

export interface ValueWriter {
  /** Writes the value of this type that begins at `pos` of `input`, with all that is in it; returns the position after it. */
  value(type: number, pos: number): number
  /** Writes the whole document or array that begins at `pos`; returns the position after it. */
  document(pos: number, isArray: boolean): number
  /** The position after a value, without writing it. */
  skip(type: number, pos: number): number
  /** The document that value, document and skip read from now on. */
  readFrom(document: Buffer): void
  readonly output: Output
}

/** The most that the JSON of BSON of this length takes. */
export function maxLength(_bsonLength: number, _format: TypeOptions['document_format']): number {
  throw new Error('contract')
}

export function valueWriter(_output: Output, _options: TypeOptions, _onNulled: OnNulled): ValueWriter {
  throw new Error('contract')
}
