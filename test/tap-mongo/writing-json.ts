import { viewOf } from '../../singer/bytes.js'
import { maxLength, type OnNulled, valueWriter } from '../../tap-mongo/bson/value-writer.js'
import type { TypeOptions } from '../../tap-mongo/types.js'

export const usualOptions: TypeOptions = {
  document_format: 'plain',
  decimal: 'number',
  binary: 'base64',
  non_finite: 'null',
  date_out_of_range: 'null',
  invalid_utf8: 'error',
}

/** The document's JSON; room is made for exactly what maxLength says. */
export function jsonOf(document: Buffer, options: Partial<TypeOptions> = {}, onNulled: OnNulled = () => {}): string {
  const all = { ...usualOptions, ...options }
  const bytes = Buffer.alloc(maxLength(document.length, all.document_format))
  const writer = valueWriter({ bytes, view: viewOf(bytes), at: 0 }, all, onNulled)
  writer.readFrom(document)
  const end = writer.document(0, false)
  if (end !== document.length) throw new Error(`ended at ${end} of ${document.length}`)
  return bytes.toString('utf8', 0, writer.output.at)
}
