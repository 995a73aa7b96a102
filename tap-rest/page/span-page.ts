import { hash } from 'node:crypto'
import { type Json, parseJson } from '../../singer/json.js'
import { BACKSLASH, NEWLINE, QUOTE } from '../../singer/json-syntax.js'
import { RETURN } from './json-scan.js'
import type { Page } from './page.js'
import type { Spans } from './spans.js'

export interface PageBytes {
  readonly bytes: Buffer
  /** Of the text: after a byte order mark. */
  readonly begin: number
  readonly spans: Spans
  /** What stands for the records in the envelope: ascending, apart. Undefined: there is no envelope. */
  readonly cuts: readonly Cut[] | undefined
}

export interface Cut {
  readonly start: number
  readonly end: number
  readonly replacement: '[]' | '{}'
}

export class SpanPage implements Page {
  readonly count: number
  readonly #page: PageBytes
  #envelope: Json | undefined
  #hash: string | undefined
  #isOneLine: boolean | undefined

  constructor(page: PageBytes) {
    this.#page = page
    this.count = page.spans.count
  }

  record(index: number): Buffer {
    const { bytes, spans } = this.#page
    return this.#line(bytes.subarray(spans.startOf(index), spans.endOf(index)))
  }

  field(index: number, wanted: number): Buffer | undefined {
    const { bytes, spans } = this.#page
    const end = spans.fieldEnd(index, wanted)
    return end === 0 ? undefined : this.#line(bytes.subarray(spans.fieldStart(index, wanted), end))
  }

  get envelope(): Json {
    this.#envelope ??= envelopeOf(this.#page)
    return this.#envelope
  }

  get hash(): string {
    this.#hash ??= hash('sha256', this.#records(), 'base64').slice(0, 22)
    return this.#hash
  }

  #line(json: Buffer): Buffer {
    this.#isOneLine ??= isOneLine(this.#records())
    return this.#isOneLine || isOneLine(json) ? json : withoutSpace(json)
  }

  /** From the first record to the end of the last; without what lies between records that were cut out one by one. */
  #records(): Buffer {
    const { bytes, spans, cuts = [] } = this.#page
    if (cuts.length > 1) return Buffer.concat(cuts.map(({ start, end }) => bytes.subarray(start, end)))
    return bytes.subarray(spans.startOf(0), this.count === 0 ? 0 : spans.endOf(this.count - 1))
  }
}

function envelopeOf({ bytes, begin, cuts }: PageBytes): Json {
  if (cuts === undefined) return null
  let text = ''
  let pos = begin
  for (const { start, end, replacement } of cuts) {
    text += bytes.toString('utf8', pos, start) + replacement
    pos = end
  }
  return parseJson(text + bytes.toString('utf8', pos))
}

function isOneLine(json: Buffer): boolean {
  return !json.includes(NEWLINE) && !json.includes(RETURN)
}

/** The same JSON without the white space between its tokens: lines of Singer are framed on 0x0A. */
function withoutSpace(json: Buffer): Buffer {
  const line = Buffer.allocUnsafe(json.length)
  let end = 0
  let isString = false
  for (let i = 0; i < json.length; i++) {
    const byte = json[i] ?? 0
    if (!isString && byte <= 32) continue
    line[end++] = byte
    if (byte === QUOTE) isString = !isString
    else if (isString && byte === BACKSLASH) line[end++] = json[++i] ?? 0
  }
  return line.subarray(0, end)
}
