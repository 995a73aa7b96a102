import { Ajv } from 'ajv'
import { type Document, serialize } from 'bson'
import { expect } from 'chai'
import { asObject, type JsonObject, jsonText, parseJson } from '../../singer/json.js'
import { messageLine } from '../../singer/messages.js'
import { type RecordWriter, recordWriter, type Stamp, type WriterOptions } from '../../tap-mongo/record-writer.js'
import { configOf } from './given-config.js'

export function bsonOf(document: Document): Buffer {
  return Buffer.from(serialize(document, { ignoreUndefined: false }))
}

export function writerOf(given: Partial<WriterOptions> = {}): RecordWriter {
  return recordWriter({
    stream: 's',
    config: configOf(),
    own: {},
    schema: { type: 'object', properties: {} },
    deselected: [],
    keyProperties: [],
    bookmarkProperties: [],
    hasDeletes: false,
    ...given,
  })
}

/** SCHEMA and RECORD lines in their order, each without what differs from run to run; the first SCHEMA is the writer's. */
export function written(
  given: Partial<WriterOptions>,
  pages: readonly (readonly Document[])[],
  stamp?: Stamp,
): { readonly lines: readonly string[]; readonly writer: RecordWriter } {
  const writer = writerOf(given)
  const lines = [messageLine(writer.schema())]
  for (const page of pages) lines.push(...linesOf(writer, page.map(bsonOf), stamp))
  return { lines, writer }
}

/** Each message is read before the next one is pulled. */
export function linesOf(writer: RecordWriter, documents: readonly Buffer[], stamp?: Stamp): string[] {
  const all: string[] = []
  for (const message of writer.write(documents, stamp)) {
    if (message.type !== 'RECORD_LINES') all.push(messageLine(message))
    else {
      const lines = message.lines.toString().split(/(?<=\n)/)
      expect(lines.length, 'count').to.equal(message.count)
      all.push(...lines)
    }
  }
  return all
}

/** The text of the record in a RECORD line of the stream `s`; undefined for another line. */
export function recordIn(line: string): string | undefined {
  return /^\{"type":"RECORD","stream":"s","record":(.*),"time_extracted":"[\d-]+T[\d:.]+Z"\}\n$/.exec(line)?.[1]
}

export function schemaIn(line: string): JsonObject | undefined {
  return line.startsWith('{"type":"SCHEMA"') ? asObject(asObject(parseJson(line)).schema) : undefined
}

/** Whether JSON texts are what a schema describes. */
export function admission(schema: JsonObject): (text: string) => boolean {
  // The schema itself is right; to check it, and to make its code small, takes longer than all else.
  const options = { meta: false, validateSchema: false, code: { optimize: false } } as const
  const ajv = new Ajv({ strict: false, validateFormats: false, allowUnionTypes: true, ...options })
  const validate = ajv.compile(JSON.parse(jsonText(schema)))
  return (text) => validate(JSON.parse(text))
}
