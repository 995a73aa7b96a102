/** Rows of a CSV text with `,`, `"` and LF; an unquoted empty value is null, `""` an empty string. */
export function parseCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = []
  let row: (string | null)[] = []
  const value = /(?:"([^"]*(?:""[^"]*)*)"|([^",\n]*))([,\n]|$)/y
  while (value.lastIndex < text.length) {
    const [, quoted, plain, end] = value.exec(text) ?? []
    if (end === undefined) throw new Error(`no CSV after ${rows.length} rows`)
    row.push(quoted?.replaceAll('""', '"') ?? (plain || null))
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
