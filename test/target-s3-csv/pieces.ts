import { bin } from '../support/bins.js'
import { parseCsv } from '../support/csv.js'
import type { Piece } from '../support/target-conformance.js'

export const shared = {
  command: bin('target-s3-csv'),
  secret: 'aws_secret_access_key',
  smallFlushes: { max_object_rows: 2 },
  timedFlushes: { max_object_age: 1 },
}

/** A folder per stream. */
export const naming_convention = '{stream}/{timestamp}.csv'

export function pieceOf(text: string): Piece {
  const [columns = [], ...rows] = parseCsv(text)
  return { columns: columns.map(String), rows }
}

/** `x.csv`, `x-2.csv`, …, `x-10.csv`. */
export function byPart(one: string, other: string): number {
  const [a, b] = [one, other].map((name) => name.replace('.csv', '-1'))
  return (a ?? '').localeCompare(b ?? '', 'en', { numeric: true })
}
