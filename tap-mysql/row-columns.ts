import { SourceError } from '../singer/index.js'
import { type Encode, nullText, type Output, type Slice, write } from './encode.js'
import type { RowQuery, SelectedColumn } from './rows.js'

export interface RowColumn {
  /** `,"name":` */
  readonly label: Buffer
  /** Writes a value, or null and counts it. Fails with a SourceError that names stream and column. */
  readonly encode: (value: Slice, output: Output) => void
  readonly inPieces: Encode['inPieces']
}

export function rowColumns(query: RowQuery): readonly RowColumn[] {
  return query.columns.map((column, index) => ({
    label: Buffer.from(`${index === 0 ? '' : ','}${JSON.stringify(column.name)}:`),
    encode: encodeOrNull(column, query),
    inPieces: column.encode.inPieces,
  }))
}

function encodeOrNull({ name, encode }: SelectedColumn, { stream, nulled }: RowQuery): RowColumn['encode'] {
  return (value, output) => {
    try {
      if (encode(value, output)) return
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new SourceError(`read ${stream}: column ${JSON.stringify(name)} ${reason}`, { cause })
    }
    write(nullText, output)
    nulled.set(name, (nulled.get(name) ?? 0) + 1)
  }
}

/** The most that a line needs besides its values. */
export function fixedLength(query: RowQuery, columns: readonly RowColumn[]): number {
  const perColumn = columns.reduce((sum, { label }) => sum + label.length + 64, 0)
  return query.prefix.length + perColumn + query.suffix.length
}
