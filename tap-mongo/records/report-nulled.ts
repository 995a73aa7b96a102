import type { RecordWriter } from '../record-writer.js'
import type { Source } from '../source.js'

/** At the end of a stream: what no JSON could hold. */
export function reportNulled({ stream, context }: Source, { nulled }: RecordWriter): void {
  if (nulled.size === 0) return
  const fields = { stream: stream.id, fields: Object.fromEntries(nulled) }
  context.log.warning('values that JSON cannot hold, such as NaN, were sent as null', fields)
}
