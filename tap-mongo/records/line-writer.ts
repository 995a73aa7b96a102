import { putBytes, viewOf } from '../../singer/bytes.js'
import { SourceError } from '../../singer/index.js'
import { CLOSE_OBJECT, COMMA, OPEN_OBJECT } from '../../singer/json-syntax.js'
import type { Shape } from '../../singer/shape/shape.js'
import { BsonType } from '../bson/bson-type.js'
import type { Output } from '../bson/value-writer.js'
import { documentColumn, idColumn } from './columns.js'
import { type DocumentWriter, presence } from './document-writer.js'
import { elementNamed } from './elements.js'
import { type Default, defaultsOf, type LineEnds, type LineFacts, type LineOptions, lineEnds } from './line-parts.js'

/** A document as a RECORD line. */
export class LineWriter {
  readonly #options: LineOptions
  readonly #documents: DocumentWriter
  readonly #output: Output
  readonly #id: Shape | undefined
  readonly #defaults: readonly Default[]
  readonly #keys: readonly Key[]
  #ends: LineEnds

  constructor(options: LineOptions, documents: DocumentWriter, output: Output) {
    this.#options = options
    this.#documents = documents
    this.#output = output
    const id = options.columns.record.members.get(idColumn)
    this.#id = id?.use === 'keep' ? id.shape : undefined
    this.#defaults = defaultsOf(options)
    this.#keys = options.keyProperties.map((name) => ({ name, mark: options.columns.marked.indexOf(name) }))
    this.#ends = lineEnds(options, { timeExtracted: '' })
  }

  /** No line of these facts is longer, but for its document. */
  begin(facts: LineFacts): number {
    this.#ends = lineEnds(this.#options, facts)
    const { prefix, suffix, deleted } = this.#ends
    const around = prefix.byteLength + suffix.byteLength + deleted.byteLength + 64
    return this.#defaults.reduce((length, { text }) => length + text.byteLength + 1, around)
  }

  /** False, without a line: the columns do not know all of it. @throws SourceError for what no line can be made of. */
  write(document: Buffer): boolean {
    const start = this.#output.at
    this.#documents.begin(document)
    const { prefix, suffix, deleted } = this.#ends
    this.#output.at = putBytes(this.#output.view, start, prefix)
    const first = this.#output.at
    if (this.#isEnvelope) this.#envelope(document, first)
    else this.#members(first)
    if (deleted.byteLength > 0) this.#add(deleted, first)
    this.#output.at = putBytes(this.#output.view, this.#output.at, suffix)
    const fits = this.#checkedId() && this.#documents.fits
    if (fits) this.#check()
    else this.#output.at = start
    return fits
  }

  get #isEnvelope(): boolean {
    const { record, document } = this.#options.columns
    return record !== document
  }

  /** Of the document, and the defaults of those that it lacks. What is left of one that was deleted says nothing of them. */
  #members(first: number): void {
    this.#documents.members(0, this.#options.columns.document)
    if (this.#ends.isDeleted) return
    for (const { mark, text } of this.#defaults) {
      if (this.#documents.present[mark] === presence.none) this.#add(text, first)
    }
  }

  #envelope(document: Buffer, first: number): void {
    const output = this.#output
    const { present } = this.#documents
    const id = elementNamed(viewOf(document), idColumn)
    if (id !== undefined && this.#id !== undefined) {
      this.#add(idLabel, first)
      const start = output.at
      this.#documents.value(id.type, id.pos, this.#id)
      present[idMark] = this.#documents.isNullAt(start) ? presence.null : presence.value
    }
    const { record, document: shape } = this.#options.columns
    if (record.members.get(documentColumn)?.use !== 'keep') return
    this.#add(documentLabel, first)
    if (this.#defaults.length === 0) this.#documents.value(BsonType.object, 0, shape)
    else {
      output.view.setUint8(output.at++, OPEN_OBJECT)
      this.#members(output.at)
      output.view.setUint8(output.at++, CLOSE_OBJECT)
    }
  }

  #add(text: DataView, first: number): void {
    const output = this.#output
    if (output.at !== first) output.view.setUint8(output.at++, COMMA)
    output.at = putBytes(output.view, output.at, text)
  }

  /** The first null among the `_id`s is news. */
  #checkedId(): boolean {
    const { columns } = this.#options
    if (columns.isIdNullable || this.#documents.present[idMark] !== presence.null) return true
    columns.isIdNullable = true
    return false
  }

  #check(): void {
    const { refused, present } = this.#documents
    if (refused !== undefined) {
      const advice = 'deselect that field, or set strategy to envelope'
      throw new SourceError(`a document has a field ${refused}, as the column of deletes is called; ${advice}`)
    }
    for (const { name, mark } of this.#keys) {
      if ((present[mark] ?? presence.none) !== presence.none) continue
      throw new SourceError(
        `a document has no field ${name}, which is its key; correct the key properties in the catalog`,
      )
    }
  }
}

interface Key {
  readonly name: string
  readonly mark: number
}

const idMark = 1
const idLabel = viewOf(Buffer.from(`"${idColumn}":`))
const documentLabel = viewOf(Buffer.from(`"${documentColumn}":`))
