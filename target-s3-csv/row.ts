import { textOf, viewOf } from '../singer/bytes.js'
import type { Cells } from './cells.js'
import type { Conversion } from './conversions.js'
import type { Dialect } from './csv.js'
import { InvalidValue, loneSurrogate } from './invalid.js'
import { pythonJson, pythonNumber } from './python-text.js'
import { kinds, type Values } from './values.js'

export interface RowOptions {
  readonly dialect: Dialect
  readonly cells: Cells
  readonly values: Values
  /** For each column its property; below zero the cell `constants[-1 - source]`. */
  readonly sources: Int32Array
  /** Cells that do not come from the record, as they stand in the CSV. */
  readonly constants: readonly DataView[]
  /** By property. */
  readonly conversions: readonly (Conversion | undefined)[]
}

/** Writes the CSV row of a record whose values were found and checked. */
export class RowWriter {
  /** The column under way: tells where an InvalidValue came from. */
  column = 0
  /** A column of the last row that holds U+0000; else -1. */
  nulColumn = -1
  /** The last row was one NULL, and was written as an empty string: most readers skip an empty line. */
  isQuotedNull: boolean = false
  readonly #cells: Cells
  readonly #values: Values
  readonly #sources: Int32Array
  readonly #constants: readonly DataView[]
  readonly #conversions: readonly (Conversion | undefined)[]
  readonly #delimiter: number
  readonly #quote: number
  readonly #isPython: boolean
  readonly #lineEnd: DataView
  readonly #yes: DataView
  readonly #no: DataView

  constructor({ dialect, ...options }: RowOptions) {
    this.#cells = options.cells
    this.#values = options.values
    this.#sources = options.sources
    this.#constants = options.constants
    this.#conversions = options.conversions
    this.#delimiter = dialect.delimiter
    this.#quote = dialect.quote
    this.#isPython = dialect.isPython
    this.#lineEnd = viewOf(Buffer.from(dialect.lineEnd === 'crlf' ? '\r\n' : '\n'))
    this.#yes = viewOf(Buffer.from(dialect.true))
    this.#no = viewOf(Buffer.from(dialect.false))
  }

  get hasNotes(): boolean {
    return this.nulColumn >= 0 || this.isQuotedNull
  }

  /** @throws InvalidValue. */
  write(view: DataView) {
    const cells = this.#cells
    const values = this.#values
    const sources = this.#sources
    const begin = cells.at
    this.nulColumn = -1
    this.isQuotedNull = false
    for (let column = 0; column < sources.length; column++) {
      if (column > 0) cells.byte(this.#delimiter)
      this.column = column
      const property = sources[column] ?? 0
      if (property < 0) this.#whole(this.#constants[-1 - property])
      else if (values.kind(property) === kinds.string && this.#conversions[property] === undefined) {
        cells.plainString(view, values.start(property), values.end(property))
      } else this.#value(view, property)
    }
    if (sources.length === 1 && cells.at === begin) this.#quotedNull()
    this.#whole(this.#lineEnd)
  }

  #value(view: DataView, property: number) {
    const start = this.#values.start(property)
    const end = this.#values.end(property)
    switch (this.#values.kind(property)) {
      case kinds.absent:
      case kinds.null:
        return this.#cells.nothing()
      case kinds.true:
        return this.#whole(this.#yes)
      case kinds.false:
        return this.#whole(this.#no)
      case kinds.integer:
        return this.#cells.copy(view, start, end)
      case kinds.number:
        return this.#isPython ? this.#pythonNumber(textOf(view, start, end)) : this.#cells.copy(view, start, end)
      case kinds.object:
      case kinds.array:
        return this.#isPython ? this.#pythonJson(textOf(view, start, end)) : this.#cells.text(view, start, end)
      default:
        return this.#string(view, property)
    }
  }

  #string(view: DataView, property: number) {
    const start = this.#values.start(property)
    const end = this.#values.end(property)
    const cells = this.#cells
    const kind = this.#values.kind(property)
    const conversion = this.#conversions[property]
    cells.hasNul = false
    if (conversion !== undefined && kind === kinds.escapedString) {
      const text = unescaped(textOf(view, start, end))
      conversion(text, 0, text.byteLength)
    } else if (conversion !== undefined) conversion(view, start, end)
    else if (kind === kinds.specialString) cells.specialString(view, start, end)
    else cells.escapedString(view, start, end)
    if (cells.hasNul) this.nulColumn = this.column
  }

  #pythonNumber(text: string) {
    this.#whole(viewOf(Buffer.from(pythonNumber(text))))
  }

  #pythonJson(text: string) {
    const written = viewOf(Buffer.from(pythonJson(text)))
    this.#cells.text(written, 0, written.byteLength)
  }

  #whole(cell: DataView | undefined) {
    if (cell !== undefined) this.#cells.copy(cell, 0, cell.byteLength)
  }

  #quotedNull() {
    this.#cells.byte(this.#quote)
    this.#cells.byte(this.#quote)
    this.isQuotedNull = true
  }
}

function unescaped(json: string): DataView {
  const text = String(JSON.parse(`"${json}"`))
  if (/\p{Surrogate}/u.test(text)) throw new InvalidValue(loneSurrogate)
  return viewOf(Buffer.from(text))
}
