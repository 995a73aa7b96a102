import { viewOf } from '../../singer/bytes.js'
import { maxLength, type OnNulled, valueWriter } from '../../tap-mongo/bson/value-writer.js'
import type { TypeOptions } from '../../tap-mongo/types.js'
import { configOf } from './given-config.js'

/** The document's JSON; room is made for exactly what maxLength says. */
export function jsonOf(document: Buffer, options: Partial<TypeOptions> = {}, onNulled: OnNulled = () => {}): string {
  const all = configOf(options)
  const bytes = Buffer.alloc(maxLength(document.length, all.document_format))
  const writer = valueWriter({ bytes, view: viewOf(bytes), at: 0 }, all, onNulled)
  writer.readFrom(document)
  const end = writer.document(0, false)
  if (end !== document.length) throw new Error(`ended at ${end} of ${document.length}`)
  return bytes.toString('utf8', 0, writer.output.at)
}
