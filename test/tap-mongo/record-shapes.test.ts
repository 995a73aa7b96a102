import type { Document } from 'bson'
import { expect } from 'chai'
import fc from 'fast-check'
import { viewOf } from '../../singer/bytes.js'
import { asObject } from '../../singer/json.js'
import type { JsonSchema } from '../../singer/schema.js'
import { maxLength, type Output, valueWriter } from '../../tap-mongo/bson/value-writer.js'
import type { Config } from '../../tap-mongo/config.js'
import { sampledSchema } from '../../tap-mongo/record-writer.js'
import { configOf } from './given-config.js'
import { randomDocuments } from './random-documents.js'
import { admission, bsonOf, recordIn, schemaIn, written } from './writing.js'

const pages = fc.array(fc.array(randomDocuments, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
const sample = fc.array(randomDocuments, { maxLength: 6 })
const configs: fc.Arbitrary<Config> = fc
  .record({
    document_format: fc.constantFrom('plain', 'plain', 'relaxed_ejson', 'canonical_ejson'),
    decimal: fc.constantFrom('number', 'string'),
    binary: fc.constantFrom('base64', 'hex'),
    strategy: fc.constantFrom('infer', 'infer', 'raw', 'envelope'),
  })
  .map((given) => configOf(given))

describe('whatever the documents are', () => {
  it('a run over the documents that were sampled needs no other schema', () => {
    fc.assert(
      fc.property(sample, configs, (documents, config) => {
        const schema = sampledSchema(documents.map(bsonOf), config)
        const { lines, writer } = written({ config, schema, keyProperties: ['_id'] }, [documents])
        expect(lines.filter(schemaIn).map(schemaIn)).to.deep.equal([schema])
        expect(writer.widened).to.equal(0)
        expectAdmitted(lines)
      }),
      { numRuns: 60 },
    )
  })

  it('each SCHEMA admits every record before it and after it', () => {
    fc.assert(
      fc.property(sample, pages, configs, (documents, rest, config) => {
        const schema = sampledSchema(documents.map(bsonOf), config)
        const first = written({ config, schema, keyProperties: ['_id'] }, [documents]).lines
        const { lines } = written({ config, schema, keyProperties: ['_id'] }, rest)
        expectAdmitted([...first, ...lines.slice(1)])
        expect(lines.filter(recordIn)).to.have.lengthOf(rest.flat().length)
      }),
      { numRuns: 60 },
    )
  })

  it('columns keep their names and places, and the same SCHEMA is never sent twice in a row', () => {
    fc.assert(
      fc.property(pages, configs, (rest, config) => {
        let before: JsonSchema = {}
        const { lines } = written({ config, schema: start(config) }, rest)
        for (const schema of lines.map(schemaIn).filter((each) => each !== undefined)) {
          const columns = Object.keys(asObject(before.properties))
          expect(Object.keys(asObject(schema.properties)).slice(0, columns.length)).to.deep.equal(columns)
          expect(schema).not.to.deep.equal(before)
          before = schema
        }
      }),
      { numRuns: 60 },
    )
  })

  it('a record is the document as it is written whole', () => {
    fc.assert(
      fc.property(pages, fc.constantFrom('infer', 'raw'), (rest, strategy) => {
        const { lines } = written({ config: configOf({ strategy }) }, rest)
        expect(lines.flatMap((line) => recordIn(line) ?? [])).to.deep.equal(rest.flat().map(wholeText))
      }),
      { numRuns: 60 },
    )
  })

  it('an envelope holds the document as it is written whole', () => {
    fc.assert(
      fc.property(pages, (rest) => {
        const config = configOf({ strategy: 'envelope' })
        const { lines } = written({ config, schema: start(config) }, rest)
        const inner = lines.flatMap(
          (line) => /"document":(.*),"_sdc_deleted_at":null\}$/.exec(recordIn(line) ?? '')?.[1] ?? [],
        )
        expect(inner).to.deep.equal(rest.flat().map(wholeText))
      }),
    )
  })
})

function start(config: Config): JsonSchema {
  return sampledSchema([], config)
}

/** Each record by the SCHEMA before it; all of them by the last. */
function expectAdmitted(lines: readonly string[]): void {
  let admits = (_: string) => false
  const records: string[] = []
  for (const line of lines) {
    const schema = schemaIn(line)
    if (schema) {
      admits = admission(schema)
      for (const record of records) expect(admits(record), record).to.equal(true)
    } else {
      const record = recordIn(line) ?? ''
      expect(admits(record), line).to.equal(true)
      records.push(record)
    }
  }
}

function wholeText(document: Document): string {
  const bytes = Buffer.alloc(maxLength(bsonOf(document).length, 'plain'))
  const output: Output = { bytes, view: viewOf(bytes), at: 0 }
  const values = valueWriter(output, configOf(), () => {})
  values.readFrom(bsonOf(document))
  values.document(0, false)
  return bytes.toString('utf8', 0, output.at)
}
