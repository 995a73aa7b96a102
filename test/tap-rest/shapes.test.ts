import { Ajv } from 'ajv'
import { expect } from 'chai'
import fc from 'fast-check'
import { isObject, type Json, type JsonObject, parseJson, stableText } from '../../singer/json.js'
import { recordTexts } from './random-records.js'
import { inferred, written } from './record-pages.js'

const pages = fc.array(fc.array(recordTexts, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
const linePattern = /^\{"type":"RECORD","stream":"s","record":(.*),"time_extracted":"2026-11-21T06:00:00.000000Z"\}$/
const recordIn = (line: string) => linePattern.exec(line)?.[1] ?? ''

describe('whatever the records are', () => {
  it('the schema found in them admits each of them', () => {
    fc.assert(
      fc.property(fc.array(recordTexts, { maxLength: 8 }), (records) => {
        const admits = admission(inferred(records))
        for (const record of records) expect(admits(record), record).to.equal(true)
      }),
    )
  })

  it('a run over the same records needs no other schema', () => {
    fc.assert(
      fc.property(fc.array(recordTexts, { maxLength: 8 }), (records) => {
        const { lines } = written([records], { schema: inferred(records) })
        expect(lines.slice(1).map(recordIn)).to.deep.equal(records)
      }),
    )
  })

  it('each SCHEMA admits every record before it and after it, and keeps the columns before it in their places', () => {
    fc.assert(
      fc.property(fc.array(recordTexts, { maxLength: 3 }), pages, (sample, rest) => {
        const { lines } = written(rest, { schema: inferred(sample) })
        let seen = sample
        let columns: string[] = []
        let admits = (_: string) => false
        for (const line of lines) {
          if (line.startsWith('{"type":"SCHEMA"')) {
            const schema = JSON.parse(line).schema
            admits = admission(schema)
            expect(Object.keys(schema.properties).slice(0, columns.length)).to.deep.equal(columns)
            columns = Object.keys(schema.properties)
            for (const record of seen) expect(admits(record), record).to.equal(true)
          } else {
            expect(admits(recordIn(line)), line).to.equal(true)
            seen = [...seen, recordIn(line)]
          }
        }
        expect(seen.slice(sample.length)).to.deep.equal(rest.flat())
      }),
      { numRuns: 50 },
    )
  })

  it('the same SCHEMA is never sent twice in a row', () => {
    fc.assert(
      fc.property(pages, (rest) => {
        const { lines } = written(rest, { schema: { type: 'object', properties: {} } })
        const schemas = lines.filter((line) => line.startsWith('{"type":"SCHEMA"'))
        expect(new Set(schemas).size).to.equal(schemas.length)
      }),
    )
  })

  it('what is deselected is gone, and nothing else', () => {
    const paths = fc.subarray(['a', 'b', 'a.b', 'b.c', 'b.a.c', 'c.é'], { minLength: 1 })
    fc.assert(
      fc.property(fc.array(recordTexts, { minLength: 1, maxLength: 5 }), paths, (records, dropped) => {
        const isLost = (path: string) => dropped.some((other) => other !== path && path.startsWith(`${other}.`))
        const outer = dropped.filter((path) => !isLost(path))
        const schema = schemaFor(outer)
        const deselected = outer.map((path) => path.split('.').flatMap((name) => ['properties', name]))
        const { lines } = written([records], { schema, deselected })
        const kept = lines.filter((line) => line.startsWith('{"type":"RECORD"')).map((line) => parsed(recordIn(line)))
        const wanted = records.map((record) =>
          outer.reduce((left, path) => without(left, path.split('.')), parsed(record)),
        )
        expect(kept.map(stableText)).to.deep.equal(wanted.map(stableText))
      }),
    )
  })
})

/** Numbers as doubles: what they are is a matter of text, which is looked at elsewhere. */
function admission(schema: object): (record: string) => boolean {
  const ajv = new Ajv({ strict: false, strictNumbers: false })
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/)
  const validate = ajv.compile(schema)
  return (record) => validate(JSON.parse(record))
}

function parsed(record: string): JsonObject {
  const value = parseJson(record)
  return isObject(value) ? value : {}
}

/** Objects on the way to what is dropped: a list there is none, so it stays. */
function schemaFor(paths: readonly string[]): JsonObject {
  const inner = paths.filter((path) => path.includes('.'))
  const names = [...new Set(inner.map((path) => path.split('.')[0] ?? ''))]
  const properties = names.map((name) => {
    const below = inner.filter((path) => path.startsWith(`${name}.`)).map((path) => path.slice(name.length + 1))
    return [name, { ...schemaFor(below), type: ['null', 'object'] }]
  })
  return { type: 'object', properties: Object.fromEntries(properties) }
}

function without(value: JsonObject, [name = '', ...rest]: readonly string[]): JsonObject {
  const inner = Object.hasOwn(value, name) ? value[name] : undefined
  if (rest.length > 0) return isObject(inner) ? replaced(value, name, without(inner, rest)) : value
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))
}

function replaced(value: JsonObject, name: string, inner: Json): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, old]) => [key, key === name ? inner : old]))
}
