import { expect } from 'chai'
import fc from 'fast-check'
import type { Stream } from '../../singer/catalog.js'
import { allProperties, type Breadcrumb } from '../../singer/catalog-entry.js'
import { isObject, type Json, type JsonObject, parseJson } from '../../singer/json.js'
import { unknownFields } from '../../singer/select-unknown.js'
import { selectedStreams } from '../../singer/selection.js'
import { sampledSchema } from '../../tap-mongo/record-writer.js'
import { recordedLog } from '../singer/recorded-log.js'
import { configOf } from './given-config.js'
import { randomDocuments } from './random-documents.js'
import { bsonOf, recordIn, written } from './writing.js'

const documents = fc.array(randomDocuments, { minLength: 1, maxLength: 6 })
const config = configOf()

describe('what a catalog deselects', () => {
  it('is in no record, whatever else comes', () => {
    fc.assert(
      fc.property(documents, documents, fc.array(fc.nat(), { maxLength: 3 }), (sample, rest, picks) => {
        const schema = sampledSchema(sample.map(bsonOf), config)
        const all = allProperties(schema).slice(1)
        const deselected = picks
          .map((pick) => all[pick % all.length]?.breadcrumb ?? [])
          .filter(({ length }) => length > 0)
        const { lines } = written(streamOf(schema, deselected), [[...sample], [...rest]])
        const whole = written({ config }, [[...sample], [...rest]]).lines
        const records = (texts: readonly string[]) => texts.flatMap((line) => recordIn(line) ?? []).map(parseJson)
        const kept = records(whole).map((record) => deselected.reduce(without, record))
        expect(records(lines)).to.deep.equal(kept)
      }),
      { numRuns: 150 },
    )
  })
})

describe('what patterns deselect', () => {
  it('is in no record, though the sample did not know it', () => {
    const isWanted = unknownFields('s', ['s.*', '!*.secret', '!s.items.price'], {})
    const documents = [
      { _id: 1 },
      { _id: 2, secret: 1, items: [{ price: 1, name: 'a' }], deep: { secret: 2 } },
      { _id: 3, secret: 'x' },
    ]
    const { lines } = written({ config, isWanted }, [documents])
    expect(lines.flatMap((line) => recordIn(line) ?? []).map(parseJson)).to.deep.equal([
      { _id: 1 },
      { _id: 2, items: [{ name: 'a' }], deep: { secret: 2 } },
      { _id: 3 },
    ])
    expect(lines.filter((line) => /"secret":{"type":\[[^}]*string|price/.test(line))).to.deep.equal([])
  })
})

function streamOf(schema: JsonObject, deselected: readonly Breadcrumb[]): Pick<Stream, 'schema' | 'deselected'> {
  const nodes = deselected.map((breadcrumb) => ({ breadcrumb, metadata: { selected: false } }))
  const metadata = [{ breadcrumb: [], metadata: { selected: true } }, ...nodes]
  const [stream] = selectedStreams([{ tap_stream_id: 's', stream: 's', schema, metadata }], recordedLog())
  if (!stream) throw new Error('no stream')
  return { schema: stream.schema, deselected: stream.deselected }
}

/** The value without what is at this breadcrumb. */
function without(value: Json, [step, ...rest]: Breadcrumb): Json {
  if (step === 'items') return Array.isArray(value) ? value.map((item) => without(item, rest)) : value
  const [name = '', ...inner] = rest
  if (!isObject(value)) return value
  const entries = Object.entries(value)
  if (inner.length === 0) return Object.fromEntries(entries.filter(([key]) => key !== name))
  return Object.fromEntries(entries.map(([key, item]) => [key, key === name ? without(item, inner) : item]))
}
