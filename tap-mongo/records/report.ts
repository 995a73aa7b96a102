import type { RecordWriter } from '../record-writer.js'
import type { Source } from '../source.js'

/** At the end of a stream: what no JSON could hold, and what the schema did not know. */
export function reportRecords({ stream, context }: Source, { nulled, widened }: RecordWriter): void {
  if (widened > 0) {
    const message =
      'documents had fields or types that the catalog does not know: wider schemas were sent between records'
    context.log.info(message, { stream: stream.id, schemas: widened })
  }
  if (nulled.size === 0) return
  const fields = { stream: stream.id, fields: Object.fromEntries(nulled) }
  context.log.warning('values that JSON cannot hold, such as NaN, were sent as null', fields)
}
