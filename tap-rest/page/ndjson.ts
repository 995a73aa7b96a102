import { SourceError } from '../../singer/errors.js'
import { JsonError, NEWLINE, OPEN_OBJECT } from '../../singer/json-syntax.js'
import { skipSpace } from './json-scan.js'
import type { RecordScanner } from './record-scan.js'

/** From `begin` on, every line an object, LF or CRLF between them; blank lines are passed over. @throws SourceError that names the line. */
export function scanLines(scanner: RecordScanner, begin: number) {
  const { bytes } = scanner
  let start = begin
  for (let number = 1; start < bytes.length; number++) {
    const found = bytes.indexOf(NEWLINE, start)
    const end = found < 0 ? bytes.length : found
    scanLine(scanner, { number, start, end })
    start = end + 1
  }
}

interface Line {
  readonly number: number
  readonly start: number
  readonly end: number
}

function scanLine(scanner: RecordScanner, { number, start, end }: Line) {
  const { bytes } = scanner
  const pos = skipSpace(bytes, start)
  if (pos >= end) return
  try {
    if (bytes[pos] !== OPEN_OBJECT) throw new JsonError('something else than an object', pos)
    const last = scanner.record(pos, 0)
    if (last > end) throw new JsonError('more than its line', end)
    if (skipSpace(bytes, last) < end) throw new JsonError('more text after its object', last)
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause
    const problem = cause.position >= end ? 'ends in the middle of its object' : `holds ${cause.message}`
    throw new SourceError(
      `is no NDJSON: line ${number} ${problem}, at byte ${Math.min(cause.position, end) - start + 1}`,
      { cause },
    )
  }
}
