import { matchBytes, putBytes, textOf } from '../../singer/bytes.js'
import { jsonText, parseJson } from '../../singer/json.js'
import { CLOSE_ARRAY, CLOSE_OBJECT, COLON, COMMA, OPEN_ARRAY, OPEN_OBJECT } from '../../singer/json-syntax.js'
import { leavesOut } from '../../singer/shape/open.js'
import { kinds, type Member, type Shape } from '../../singer/shape/shape.js'
import { BsonType } from '../bson/bson-type.js'
import { damaged } from '../bson/damaged.js'
import { textWriter, type WriteText } from '../bson/text.js'
import { isUtf8Text } from '../bson/utf8.js'
import { lastByte, nameEnd, valueEnd } from '../bson/value-end.js'
import { type Output, type ValueWriter, valueWriter } from '../bson/value-writer.js'
import type { TypeOptions } from '../types.js'
import { type JsonTypes, special, subtypeAt } from './json-types.js'
import { trimmed } from './trim.js'
import { fitsType } from './type-shape.js'

export const presence = { none: 0, null: 1, value: 2 } as const

/**
 * Writes documents as JSON and compares them with what is known of their stream on the way: no object and no string is made
 * for a document whose fields stand in the order of the document before.
 */
export class DocumentWriter {
  /** Nothing in the document is new; else what was written is not to be sent. */
  fits = true
  /** Of the members with a mark: what the document has for them. */
  readonly present: Uint8Array
  /** Positions of values that no JSON could hold. */
  readonly nulled: number[] = []
  /** A field that must not be: another column has its name. */
  refused: string | undefined
  readonly #values: ValueWriter
  readonly #text: WriteText
  readonly #types: JsonTypes
  readonly #output: Output
  readonly #isReplacing: boolean
  #view: DataView = new DataView(new ArrayBuffer(0))
  #valueAt = 0

  /** `marks`: the greatest mark of a member. */
  constructor(output: Output, { options, types, marks }: { options: TypeOptions; types: JsonTypes; marks: number }) {
    this.#output = output
    this.#types = types
    this.#values = valueWriter(output, options, (pos) => void this.nulled.push(pos))
    this.#text = textWriter(options.invalid_utf8)
    this.#isReplacing = options.invalid_utf8 === 'replace'
    this.present = new Uint8Array(marks + 1)
  }

  /** The output has room for all of it. */
  begin(document: Buffer): void {
    this.#view = this.#values.readFrom(document)
    this.fits = true
    this.refused = undefined
    this.present.fill(0)
    if (this.nulled.length > 0) this.nulled.length = 0
  }

  /** The document or array at `pos`, as the members of a JSON object without its braces; returns the position behind it. */
  members(pos: number, shape: Shape): number {
    const view = this.#view
    const output = this.#output
    const first = output.at
    const last = lastByte(view, pos)
    let previous: Member | undefined
    let at = pos + 4
    while (at < last) {
      const type = view.getUint8(at)
      const member = this.#member(view, at + 1, shape, previous)
      if (member === undefined ? shape.isClosed : member.use !== 'keep') at = this.#left(type, member)
      else {
        if (output.at !== first) output.view.setUint8(output.at++, COMMA)
        at = member === undefined ? this.#other(type, at + 1, shape) : this.#known(type, member)
      }
      previous = member ?? previous
    }
    if (at !== last) throw damaged('a value ends behind its document')
    return last + 1
  }

  /** The value at `pos`; returns the position behind it. */
  value(type: number, pos: number, shape: Shape): number {
    if (shape.isOpaque) return this.#values.value(type, pos)
    if (type === BsonType.object) return this.#object(pos, shape)
    if (type === BsonType.array) return this.#array(pos, shape)
    const kind = this.#types.kinds[type] ?? 0
    if (kind === special) return this.#special(type, pos, shape)
    if (kind !== 0 && (shape.types & kind) === 0) this.fits = false
    if (kind === kinds.string && shape.form !== 'plain' && shape.form !== this.#types.forms[type]) this.fits = false
    return this.#values.value(type, pos)
  }

  /** Leaves the position of the value in `#valueAt`. */
  #member(view: DataView, at: number, shape: Shape, previous: Member | undefined): Member | undefined {
    const guess = previous === undefined ? shape.first : previous.next
    if (guess !== undefined && this.#isAt(view, at, guess)) return guess
    const isSmall = shape.members.size <= farthest
    const start = isSmall ? shape.head : (previous ?? shape.first)
    const member = this.#ahead(view, at, start) ?? this.#named(view, at, shape)
    if (member !== undefined && previous === undefined) shape.first = member
    else if (member !== undefined && previous !== undefined) previous.next = member
    return member
  }

  #isAt(view: DataView, at: number, member: Member): boolean {
    const after = matchBytes(view, at, member.cstring)
    if (after < 0) return false
    this.#valueAt = after
    return true
  }

  /** A few comparisons cost less than a name. */
  #ahead(view: DataView, at: number, from: Member | undefined): Member | undefined {
    let member = from
    for (let i = 0; i < farthest && member !== undefined; i++) {
      if (this.#isAt(view, at, member)) return member
      member = member.following
    }
    return undefined
  }

  #named(view: DataView, at: number, shape: Shape): Member | undefined {
    const end = nameEnd(view, at)
    this.#valueAt = end + 1
    const isText = isUtf8Text(view, at, end)
    // What cannot be sent as it is stands nowhere; of few members all have been compared.
    if (isText ? shape.members.size <= farthest : !this.#isReplacing) return undefined
    return shape.members.get(textOf(view, at, end))
  }

  #known(type: number, member: Member): number {
    const output = this.#output
    output.at = putBytes(output.view, output.at, member.label)
    if (member.mark === 0) return this.value(type, this.#valueAt, member.shape)
    const start = output.at
    const end = this.value(type, this.#valueAt, member.shape)
    this.present[member.mark] = this.isNullAt(start) ? presence.null : presence.value
    return end
  }

  /** What was written since then is null. */
  isNullAt(start: number): boolean {
    const { at, view } = this.#output
    return at === start + 4 && view.getUint8(start) === LETTER_N
  }

  /** Under a key that is no member. */
  #other(type: number, key: number, { others }: Shape): number {
    const at = this.#valueAt
    const output = this.#output
    this.#text(key, at - 1, { input: this.#view, output })
    output.view.setUint8(output.at++, COLON)
    if (others !== undefined) return this.value(type, at, others)
    this.fits = false
    return this.#values.value(type, at)
  }

  #left(type: number, member: Member | undefined): number {
    if (member?.use === 'refuse') this.refused = member.name
    return valueEnd(this.#view, type, this.#valueAt)
  }

  #object(pos: number, shape: Shape): number {
    if ((shape.types & kinds.object) === 0) this.fits = false
    else if (shape.members.size > 0 || shape.isClosed || !shape.others?.isOpaque) {
      const output = this.#output
      output.view.setUint8(output.at++, OPEN_OBJECT)
      const end = this.members(pos, shape)
      output.view.setUint8(output.at++, CLOSE_OBJECT)
      return end
    }
    return this.#values.document(pos, false)
  }

  #array(pos: number, { types, items }: Shape): number {
    if ((types & kinds.array) === 0) this.fits = false
    else if (items !== undefined && !items.isOpaque) return this.#items(pos, items)
    return this.#values.document(pos, true)
  }

  #items(pos: number, items: Shape): number {
    const view = this.#view
    const output = this.#output
    const last = lastByte(view, pos)
    output.view.setUint8(output.at++, OPEN_ARRAY)
    let at = pos + 4
    while (at < last) {
      if (at > pos + 4) output.view.setUint8(output.at++, COMMA)
      at = this.value(view.getUint8(at), nameEnd(view, at + 1) + 1, items)
    }
    if (at !== last) throw damaged('a value ends behind its array')
    output.view.setUint8(output.at++, CLOSE_ARRAY)
    return last + 1
  }

  #special(type: number, pos: number, shape: Shape): number {
    const known = this.#types.shape(type, subtypeAt(this.#view, type, pos))
    if (known !== undefined && !fitsType(shape, known)) this.fits = false
    const start = this.#output.at
    const end = this.#values.value(type, pos)
    if (known !== undefined && (known.types & kinds.object) !== 0 && leavesOut(shape)) this.#trim(start, shape)
    return end
  }

  #trim(start: number, shape: Shape): void {
    const { output } = this.#values
    const text = textOf(output.view, start, output.at)
    output.at = start + output.bytes.write(jsonText(trimmed(parseJson(text), shape)), start)
  }
}

/** So many members are compared before a name is looked up. */
const farthest = 8
const LETTER_N = 0x6e
