/** A reader of CSV that knows nothing of the writer: cells by RFC 4180, and whether they were quoted. */
export interface Cell {
  readonly text: string
  readonly isQuoted: boolean
}

export interface Format {
  readonly delimiter: string
  readonly quote: string
  readonly lineEnd: string
}

export function readCsv(csv: string, { delimiter, quote, lineEnd }: Format): readonly (readonly Cell[])[] {
  const rows: Cell[][] = []
  let row: Cell[] = []
  let at = 0
  while (at < csv.length) {
    const cell = csv[at] === quote ? quoted(csv, at, quote) : bare(csv, at, [delimiter, lineEnd])
    row.push(cell)
    at = cell.end
    if (csv.startsWith(lineEnd, at)) {
      rows.push(row)
      row = []
      at += lineEnd.length
    } else if (csv.startsWith(delimiter, at)) {
      at += delimiter.length
      if (csv.startsWith(lineEnd, at)) continue
    } else throw new Error(`neither a delimiter nor a line end at ${at}`)
  }
  if (row.length > 0) throw new Error('the last line has no end')
  return rows
}

function quoted(csv: string, start: number, quote: string): Cell & { readonly end: number } {
  let text = ''
  let at = start + 1
  for (;;) {
    const next = csv.indexOf(quote, at)
    if (next < 0) throw new Error(`no end of the quotes at ${start}`)
    text += csv.slice(at, next)
    at = next + 1
    if (csv[at] !== quote) return { text, isQuoted: true, end: at }
    text += quote
    at++
  }
}

function bare(csv: string, start: number, ends: readonly string[]): Cell & { readonly end: number } {
  const found = ends.map((end) => csv.indexOf(end, start)).filter((at) => at >= 0)
  const end = Math.min(...found)
  return { text: csv.slice(start, end), isQuoted: false, end }
}
