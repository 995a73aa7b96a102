import { matchBytes } from '../../singer/bytes.js'
import { CLOSE_ARRAY, CLOSE_OBJECT, COMMA, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from '../../singer/json-syntax.js'
import { isDateTime, isDateTimeText } from '../../singer/shape/date-time.js'
import { kinds, type Member, type Shape } from '../../singer/shape/shape.js'
import { isAfterScalar, skipColon, skipSpace, skipString, skipValue } from './json-skip.js'

/**
 * Compares records with the shape of their stream, byte by byte: no object and no string is made for a record whose keys
 * stand in the order of the record before. What it found holds until the next record.
 */
export class ShapeWalk {
  /** Nothing in the record is new. */
  fits: boolean = true
  /** Members to be left out: pairs of positions in the record, from and to, ascending. */
  readonly cuts: number[] = []
  /** The `mark`s of the columns that are there and not null. */
  keys = 0
  /** Nothing is left of the record. */
  isEmpty: boolean = true
  /** A key that an `include` column has, too. */
  refused: string | undefined
  /** Keys that a closed object does not name. */
  readonly unnamed: string[] = []
  #view: DataView = new DataView(new ArrayBuffer(0))
  #start = 0
  #valueAt = 0

  /** `record`: one valid JSON object, from brace to brace. */
  over(record: Buffer, shape: Shape): void {
    if (this.#view.buffer !== record.buffer) this.#view = new DataView(record.buffer)
    this.#start = record.byteOffset
    this.fits = true
    this.keys = 0
    this.refused = undefined
    if (this.cuts.length > 0) this.cuts.length = 0
    if (this.unnamed.length > 0) this.unnamed.length = 0
    this.#object(this.#view, record.byteOffset, shape)
  }

  /** Lets the memory of the last record go. */
  forget(): void {
    this.#view = new DataView(new ArrayBuffer(0))
  }

  #object(view: DataView, pos: number, shape: Shape): number {
    let at = skipSpace(view, pos + 1)
    /** The comma behind the last member that is kept. */
    let comma = -1
    let previous: Member | undefined
    while (view.getUint8(at) !== CLOSE_OBJECT) {
      const member = this.#member(view, at, shape, previous)
      const isKept = member === undefined ? !shape.isClosed : member.use === 'keep'
      const end = isKept ? this.#kept(view, member, shape) : this.#left(view, at, member)
      const after = skipSpace(view, end)
      const isLast = view.getUint8(after) !== COMMA
      if (isKept) comma = after
      else this.#cut(comma < 0 ? at : comma, comma < 0 && !isLast ? after + 1 : end)
      at = isLast ? after : skipSpace(view, after + 1)
      previous = member ?? previous
    }
    this.isEmpty = comma < 0
    return at + 1
  }

  /** Leaves the position of the value in `#valueAt`. */
  #member(view: DataView, at: number, shape: Shape, previous: Member | undefined): Member | undefined {
    const guess = previous === undefined ? shape.first : previous.next
    if (guess !== undefined && this.#isAt(view, at, guess)) return guess
    const member = this.#ahead(view, at, previous ?? shape.first) ?? this.#named(view, at, shape)
    if (member !== undefined && previous === undefined) shape.first = member
    else if (member !== undefined && previous !== undefined) previous.next = member
    return member
  }

  #isAt(view: DataView, at: number, member: Member): boolean {
    const after = matchBytes(view, at, member.label)
    if (after >= 0) this.#valueAt = skipSpace(view, after)
    return after >= 0
  }

  /** A few comparisons cost less than a name. */
  #ahead(view: DataView, at: number, from: Member | undefined): Member | undefined {
    let member = from?.following
    for (let i = 0; i < farthest && member !== undefined; i++) {
      if (this.#isAt(view, at, member)) return member
      member = member.following
    }
    return undefined
  }

  #named(view: DataView, at: number, shape: Shape): Member | undefined {
    const end = skipString(view, at)
    this.#valueAt = skipColon(view, end)
    return shape.members.size === 0 ? undefined : shape.members.get(textAt(view, at, end))
  }

  #kept(view: DataView, member: Member | undefined, shape: Shape): number {
    const at = this.#valueAt
    if (member !== undefined) {
      if (member.mark !== 0) this.#noteKey(view.getUint8(at) === LETTER_N, member.mark)
      return this.#value(view, at, member.shape)
    }
    if (shape.others !== undefined) return this.#value(view, at, shape.others)
    this.fits = false
    return skipValue(view, at)
  }

  /** A key that comes again replaces the one before. */
  #noteKey(isNull: boolean, bit: number): void {
    if (isNull) this.keys &= ~bit
    else this.keys |= bit
  }

  #left(view: DataView, key: number, member: Member | undefined): number {
    if (member?.use === 'refuse') this.refused = member.name
    if (member === undefined) this.unnamed.push(textAt(view, key, skipString(view, key)))
    return skipValue(view, this.#valueAt)
  }

  #cut(from: number, to: number): void {
    this.cuts.push(from - this.#start, to - this.#start)
  }

  #value(view: DataView, at: number, shape: Shape): number {
    if (shape.isOpaque) return skipValue(view, at)
    const byte = view.getUint8(at)
    if (byte === QUOTE) return this.#string(view, at, shape)
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) return this.#nested(view, at, shape)
    if (byte === LETTER_N) return at + 4
    if (byte !== LETTER_T && byte !== LETTER_F) return this.#number(view, at, shape)
    if ((shape.types & kinds.boolean) === 0) this.fits = false
    return byte === LETTER_T ? at + 4 : at + 5
  }

  #string(view: DataView, at: number, shape: Shape): number {
    const end = skipString(view, at)
    if ((shape.types & kinds.string) === 0) this.fits = false
    else if (shape.form === 'dateTime' && !isDateTime(view, at + 1, end - 1)) {
      // Some servers write a plus as \u002B.
      if (!isDateTimeText(textAt(view, at, end))) this.fits = false
    }
    return end
  }

  #number(view: DataView, at: number, shape: Shape): number {
    let i = at + 1
    let kind: number = kinds.integer | kinds.number
    for (let byte = view.getUint8(i); !isAfterScalar(byte); byte = view.getUint8(++i)) {
      if (byte === POINT || (byte | 0x20) === LETTER_E) kind = kinds.number
    }
    if ((shape.types & kind) === 0) this.fits = false
    return i
  }

  #nested(view: DataView, at: number, shape: Shape): number {
    const isObject = view.getUint8(at) === OPEN_OBJECT
    if ((shape.types & (isObject ? kinds.object : kinds.array)) === 0) {
      this.fits = false
      return skipValue(view, at)
    }
    if (isObject) return this.#object(view, at, shape)
    return shape.items === undefined ? skipValue(view, at) : this.#array(view, at, shape.items)
  }

  #array(view: DataView, pos: number, items: Shape): number {
    let at = skipSpace(view, pos + 1)
    while (view.getUint8(at) !== CLOSE_ARRAY) {
      at = skipSpace(view, this.#value(view, at, items))
      if (view.getUint8(at) === COMMA) at = skipSpace(view, at + 1)
    }
    return at + 1
  }
}

/** How many members are tried beyond a guess. */
const farthest = 8
const [POINT, LETTER_E, LETTER_F, LETTER_N, LETTER_T] = [0x2e, 0x65, 0x66, 0x6e, 0x74]

/** What the string from quote to quote says. */
function textAt(view: DataView, start: number, end: number): string {
  const text = Buffer.from(view.buffer, view.byteOffset + start, end - start).toString()
  return text.includes('\\') ? JSON.parse(text) : text.slice(1, -1)
}
