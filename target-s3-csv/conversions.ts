import { textOf, viewOf } from '../singer/bytes.js'
import type { Cells } from './cells.js'
import type { Dialect } from './csv.js'
import { DateTimeFormat } from './datetime.js'
import { InvalidValue } from './invalid.js'
import { isObject, type Shape } from './shape.js'

/** Writes the cell of a string whose text is these bytes. @throws InvalidValue for one that cannot be converted. */
export type Conversion = (text: DataView, start: number, end: number) => void

/** How the strings of a property are rewritten into `cells`; undefined: not at all. */
export function conversionOf(shape: Shape, dialect: Dialect, cells: Cells): Conversion | undefined {
  if (!shape.types.has('string')) return undefined
  if (dialect.datetime !== '' && shape.keywords.get('format') === 'date-time') return dateTime(dialect.datetime, cells)
  if (dialect.datetime !== '' && mayBeDateTime(shape)) return dateTimeOrText(dialect.datetime, cells)
  const encoding = encodingOf(shape)
  if (encoding === undefined || dialect.binary === 'as_is' || dialect.binary === encoding) return undefined
  return recoded(encoding, dialect.binary, cells)
}

function dateTime(pattern: string, cells: Cells): Conversion {
  const write = dateTimeWriter(pattern, cells)
  return (text, start, end) => {
    if (!write(text, start, end)) throw new InvalidValue('is no date-time of RFC 3339, which `datetime` could rewrite')
  }
}

/** For `anyOf: [{format: date-time}, {type: string}]`. */
function dateTimeOrText(pattern: string, cells: Cells): Conversion {
  const write = dateTimeWriter(pattern, cells)
  return (text, start, end) => {
    if (!write(text, start, end)) cells.string(text, start, end)
  }
}

function mayBeDateTime({ keywords }: Shape): boolean {
  const branches = ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => keywords.get(keyword) ?? [])
  return branches.some((branch) => isObject(branch) && branch.get('format') === 'date-time')
}

/** False, and nothing written, for what is no date-time. */
function dateTimeWriter(pattern: string, cells: Cells): (text: DataView, start: number, end: number) => boolean {
  const format = new DateTimeFormat(pattern)
  const written = viewOf(Buffer.alloc(format.width))
  const isSpecial = cells.isSpecial(Buffer.from(pattern))
  return (text, start, end) => {
    if (!format.parse(text, start, end)) return false
    format.write(written, 0)
    if (isSpecial) cells.text(written, 0, written.byteLength)
    else cells.copy(written, 0, written.byteLength)
    return true
  }
}

type Encoding = 'base64' | 'hex'

/** https://datatracker.ietf.org/doc/html/draft-bhutton-json-schema-validation-01#section-8.3; pipelinewise: a format. */
function encodingOf({ keywords }: Shape): Encoding | undefined {
  const encoding = keywords.get('contentEncoding')
  if (encoding === 'base64') return 'base64'
  return encoding === 'base16' || encoding === 'hex' || keywords.get('format') === 'binary' ? 'hex' : undefined
}

function recoded(from: Encoding, to: Encoding, cells: Cells): Conversion {
  return (text, start, end) => {
    const source = textOf(text, start, end)
    const bytes = Buffer.from(source, from)
    // Buffer.from stops at or skips what is not of the encoding.
    const isWhole = from === 'hex' ? bytes.length * 2 === source.length : bytes.toString(from) === source
    if (!isWhole) throw new InvalidValue(`is not ${from}, as its SCHEMA says`)
    const result = viewOf(Buffer.from(bytes.toString(to)))
    if (bytes.length === 0) cells.string(result, 0, 0)
    else cells.text(result, 0, result.byteLength)
  }
}
