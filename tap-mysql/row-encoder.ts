import { nullText, type Output, type Slice, write } from './encode.js'
import { bytesOfLength, nullLength, readLength } from './length.js'
import { fixedLength, rowColumns } from './row-columns.js'
import type { RowQuery } from './rows.js'

export interface RowEncoder {
  /** No line of a row of this length is longer. */
  room(row: Slice): number
  encode(row: Slice, output: Output): void
}

/** Rows of the text protocol → RECORD lines. https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_row.html */
export function rowEncoder(query: RowQuery): RowEncoder {
  const columns = rowColumns(query)
  const fixed = fixedLength(query, columns)
  const value: Slice = { bytes: query.prefix, start: 0, end: 0 }
  return {
    room: ({ start, end }) => fixed + 6 * (end - start),
    encode(row, output) {
      value.bytes = row.bytes
      value.end = row.start
      write(query.prefix, output)
      for (const column of columns) {
        write(column.label, output)
        if (nextValue(value)) column.encode(value, output)
        else write(nullText, output)
      }
      write(query.suffix, output)
    },
  }
}

/** Moves to the value behind this one; false: NULL. */
function nextValue(value: Slice): boolean {
  const at = value.end
  const first = value.bytes[at] ?? 0
  value.start = at + bytesOfLength(first)
  value.end = value.start
  if (first === nullLength) return false
  value.end += readLength(value.bytes, at)
  return true
}
