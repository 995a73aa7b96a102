import { reportRecords } from '../records/report.js'
import type { Track } from './track.js'

/** What the records of a stream do not say, in the end, once. */
export function reportLosses({ id, skipped, source, writer }: Track): void {
  reportRecords(source, writer)
  if (skipped === 0) return
  const reason =
    source.config.full_document === 'when_available'
      ? 'the server keeps none after changes: full_document "lookup" reads them'
      : 'they were deleted meanwhile, and their deletion follows'
  const warning = `updates came without their documents and were left out: ${reason}`
  source.context.log.warning(warning, { stream: id, skipped })
}
