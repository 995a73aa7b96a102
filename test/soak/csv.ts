/** A field of CSV: null where nothing stands between the commas, '' where `""` does. */
export type Field = string | null

/**
 * RFC 4180 with LF, read strictly and on its own: whatever a writer would not write (a quote inside an unquoted field,
 * text after a closing quote, a last line without its end) is a failure that says where.
 */
export function* readCsv(text: string): Generator<Field[]> {
  for (let at = 0; at < text.length; ) {
    const row: Field[] = []
    for (let end = ','; end === ','; at++) {
      const field = text[at] === '"' ? quotedField(text, at) : plainField(text, at)
      row.push(field.value)
      at = field.end
      end = text[at] ?? ''
      if (end !== ',' && end !== '\n') throw new Error(`CSV: field ${row.length} ends wrongly at character ${at}`)
    }
    yield row
  }
}

interface Found {
  readonly value: Field
  /** Where the comma or line end after it stands. */
  readonly end: number
}

function plainField(text: string, start: number): Found {
  let end = start
  for (let code = text.charCodeAt(end); code !== comma && code !== lineFeed; code = text.charCodeAt(++end)) {
    if (Number.isNaN(code) || code === quote) throw new Error(`CSV: a plain field is cut or quoted at character ${end}`)
  }
  return { value: start === end ? null : text.slice(start, end), end }
}

const comma = 44
const lineFeed = 10
const quote = 34

function quotedField(text: string, start: number): Found {
  let value = ''
  for (let at = start + 1; ; ) {
    const close = text.indexOf('"', at)
    if (close < 0) throw new Error(`CSV: the quote at character ${start} is never closed`)
    value += text.slice(at, close)
    if (text.charCodeAt(close + 1) !== quote) return { value, end: close + 1 }
    value += '"'
    at = close + 2
  }
}
