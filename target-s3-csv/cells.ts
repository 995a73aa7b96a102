import { bufferOf, matchBytes, viewOf } from '../singer/bytes.js'
import type { Dialect } from './csv.js'
import { InvalidValue, loneSurrogate } from './invalid.js'
import { escapedCodePoint, escapeLength, LONE_SURROGATE, writeCodePoint } from './unescape.js'

// What a byte of a cell's text asks for.
const PLAIN = 0
const QUOTES = 1
const QUOTES_AND_TWICE = 2
const A_SPACE_INSTEAD = 3
const A_NOTE = 4
const AN_APOSTROPHE_BEFORE = 5

const SPACE = 32
const APOSTROPHE = 39
const LETTER_N = 78
const BACKSLASH = 92

/** Writes the cells of rows, one after the other, into `out`. Whoever sets `out` sees to it that there is room. */
export class Cells {
  out: DataView = viewOf(Buffer.alloc(0))
  at = 0
  /** Set when U+0000 is written. */
  hasNul: boolean = false
  readonly #nothing: DataView
  readonly #quote: number
  readonly #isPython: boolean
  // By a byte of the text, and by its first one. Stops: a byte that is more than copied, or begins an escape.
  readonly #classes: Uint8Array
  readonly #firstClasses: Uint8Array
  readonly #stops: Uint8Array
  #isQuoted: boolean = false

  constructor(dialect: Dialect) {
    this.#nothing = viewOf(Buffer.from(dialect.null))
    this.#quote = dialect.quote
    this.#isPython = dialect.isPython
    this.#classes = classesOf(dialect)
    this.#firstClasses = firstClassesOf(dialect)
    this.#stops = this.#classes.with(BACKSLASH, QUOTES)
  }

  byte(value: number) {
    this.out.setUint8(this.at++, value)
  }

  nothing() {
    this.copy(this.#nothing, 0, this.#nothing.byteLength)
  }

  /** Bytes that are a cell as they stand: numbers, words. */
  copy(view: DataView, start: number, end: number) {
    const out = this.out
    let o = this.at
    let i = start
    this.at += end - start
    if (end - start > longCopy) {
      bufferOf(view, start, end).copy(bufferOf(out), o)
      return
    }
    for (; i + 4 <= end; i += 4, o += 4) out.setInt32(o, view.getInt32(i))
    for (; i < end; i++) out.setUint8(o++, view.getUint8(i))
  }

  /** A string of JSON without escapes and without bytes that need quotes. */
  plainString(view: DataView, start: number, end: number) {
    const isUsual =
      this.#firstClasses[view.getUint8(start)] === PLAIN &&
      view.getUint8(end - 1) !== SPACE &&
      end - start !== this.#nothing.byteLength &&
      start !== end
    if (isUsual) this.copy(view, start, end)
    else this.escapedString(view, start, end)
  }

  /** One without escapes, but with the delimiter. */
  specialString(view: DataView, start: number, end: number) {
    if (this.#firstClasses[view.getUint8(start)] === AN_APOSTROPHE_BEFORE) return this.escapedString(view, start, end)
    this.byte(this.#quote)
    this.copy(view, start, end)
    this.byte(this.#quote)
  }

  /** Any string of JSON. @throws InvalidValue for one that has no UTF-8 form. */
  escapedString(view: DataView, start: number, end: number) {
    const begin = this.#open()
    for (let i = this.#plain(view, start, end); i < end; i = this.#plain(view, i, end)) {
      const byte = view.getUint8(i)
      i = byte === BACKSLASH ? this.#escape(view, i, end) : this.#put(byte, i + 1)
    }
    this.#closeString(begin)
  }

  /** A string by its text. */
  string(view: DataView, start: number, end: number) {
    const begin = this.#open()
    this.#text(view, start, end)
    this.#closeString(begin)
  }

  /** Text that is no string of the record: never empty, never NULL, never a formula. */
  text(view: DataView, start: number, end: number) {
    const begin = this.#open()
    this.#text(view, start, end)
    this.#close(begin)
  }

  /** Whether a byte of this text would need quotes or a change. */
  isSpecial(text: Buffer): boolean {
    return text.some((byte) => this.#classes[byte] !== PLAIN)
  }

  #text(view: DataView, start: number, end: number) {
    for (let i = this.#plain(view, start, end); i < end; i = this.#plain(view, i, end)) {
      i = this.#put(view.getUint8(i), i + 1)
    }
  }

  /** Copies up to the first byte that stops; returns its position. */
  #plain(view: DataView, start: number, end: number): number {
    const stops = this.#stops
    const out = this.out
    let o = this.at
    let i = start
    for (; i < end; i++) {
      const byte = view.getUint8(i)
      if (stops[byte] !== PLAIN) break
      out.setUint8(o++, byte)
    }
    this.at = o
    return i
  }

  #escape(view: DataView, pos: number, end: number): number {
    const codePoint = escapedCodePoint(view, pos, end)
    if (codePoint === LONE_SURROGATE) throw new InvalidValue(loneSurrogate)
    const next = pos + escapeLength(view, pos, codePoint)
    if (codePoint < 128) return this.#put(codePoint, next)
    this.at = writeCodePoint(this.out, this.at, codePoint)
    return next
  }

  /** Writes one byte of the text; returns `next`. */
  #put(byte: number, next: number): number {
    const byteClass = this.#classes[byte]
    if (byteClass === QUOTES || byteClass === QUOTES_AND_TWICE) this.#isQuoted = true
    if (byteClass === QUOTES_AND_TWICE) this.byte(byte)
    if (byteClass === A_NOTE) this.hasNul = true
    this.byte(byteClass === A_SPACE_INSTEAD ? SPACE : byte)
    return next
  }

  /** Leaves room for the quote; returns where the text begins. */
  #open(): number {
    this.#isQuoted = false
    this.at++
    return this.at
  }

  #closeString(begin: number) {
    const isEmpty = this.at === begin
    if (!isEmpty && this.#firstClasses[this.out.getUint8(begin)] === AN_APOSTROPHE_BEFORE) {
      this.#shift(begin, 1)
      this.out.setUint8(begin, APOSTROPHE)
    }
    const hasEdge = !isEmpty && (this.#isEdge(begin) || this.out.getUint8(this.at - 1) === SPACE)
    if (!this.#isPython && (isEmpty || hasEdge)) this.#isQuoted = true
    if (!isEmpty && this.at - begin === this.#nothing.byteLength && matchBytes(this.out, begin, this.#nothing) >= 0) {
      this.#isQuoted = true
    }
    this.#close(begin)
  }

  #isEdge(begin: number): boolean {
    return this.#firstClasses[this.out.getUint8(begin)] === QUOTES
  }

  #close(begin: number) {
    if (this.#isQuoted) {
      this.out.setUint8(begin - 1, this.#quote)
      this.byte(this.#quote)
    } else this.#shift(begin, -1)
  }

  /** Moves what was written from `begin` on. */
  #shift(begin: number, by: 1 | -1) {
    bufferOf(this.out, begin - 1, this.at + 1).copyWithin(1 + by, 1, this.at - begin + 1)
    this.at += by
  }
}

// From here on the call of a native function pays.
const longCopy = 512

function classesOf(dialect: Dialect): Uint8Array {
  const classes = new Uint8Array(256)
  classes[0] = A_NOTE
  classes[10] = classes[13] = dialect.isOneLine ? A_SPACE_INSTEAD : QUOTES
  if (!dialect.isPython) classes[BACKSLASH] = dialect.isBackslashDoubled ? QUOTES_AND_TWICE : QUOTES
  classes[dialect.delimiter] = QUOTES
  classes[dialect.quote] = QUOTES_AND_TWICE
  return classes
}

/** https://owasp.org/www-community/attacks/CSV_Injection */
function firstClassesOf(dialect: Dialect): Uint8Array {
  const classes = new Uint8Array(256)
  if (dialect.escapeFormulas) for (const byte of Buffer.from('=+-@\t\r\n\0')) classes[byte] = AN_APOSTROPHE_BEFORE
  if (!dialect.isPython) classes[SPACE] = QUOTES
  // All that begins like the word NULL: quotes too many do no harm.
  if (dialect.isNullWordRead) classes[LETTER_N] = QUOTES
  return classes
}
