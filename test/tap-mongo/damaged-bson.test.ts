import { expect } from 'chai'
import fc from 'fast-check'
import { SourceError } from '../../singer/index.js'
import { fieldAt } from '../../tap-mongo/bson/raw-value.js'
import { anyDocument, documentAround, documentOf } from './random-bson.js'
import { jsonOf } from './writing-json.js'

describe('tap-mongo on damaged BSON', () => {
  const rows: readonly [string, string][] = [
    ['a type that does not exist', '556100'],
    ['a string that ends behind its document', '026100ff0000006100'],
    ['a string without a zero byte', '02610002000000616161'],
    ['a string of negative length', '026100ffffffff6100'],
    ['a string of length 0', '0261000000000000'],
    ['a document of negative length', '036100f6ffffff00'],
    ['a document that is shorter than any', '0361000400000000'],
    ['a document that ends behind the one around it', '0361000a0000000a62000a'],
    ['a name without an end', '0a616161'],
    ['binary of negative length', '056100ffffffff00'],
    ['binary that ends behind its document', '0561000900000000aa'],
    ['an old binary with a wrong second length', '0561000600000002030000000102'],
    ['a boolean of 2', '08610002'],
    ['a double without its last bytes', '01610000000000'],
    ['code with a scope of a wrong length', '0f61000f000000020000006100050000000000'],
    ['a zero byte before the end', '0a610000'],
  ]
  for (const [title, elements] of rows) {
    it(`refuses ${title}`, () => {
      expect(() => jsonOf(documentAround(elements)))
        .to.throw('the BSON is damaged')
        .with.property('name', 'SourceError')
    })
  }

  const ends: readonly [string, string][] = [
    ['string', '026100f6ffffff00'],
    ['document', '036100f6ffffff00'],
    ['array', '046100f6ffffff00'],
    ['binary', '056100f8ffffff00'],
    ['code with scope', '0f6100fdffffff00'],
  ]
  for (const [title, elements] of ends) {
    it(`finds no field behind a ${title} of negative length`, () => {
      expect(() => fieldAt(documentAround(elements), ['b'])).to.throw('the BSON is damaged')
    })
  }

  const formats = fc.constantFrom('plain', 'relaxed_ejson', 'canonical_ejson') // biome-ignore format: one line
  it('ends with JSON or a SourceError, whichever byte is wrong', () => {
    const bytes = fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 255, 127, 3, 4))), {
      maxLength: 4,
    })
    fc.assert(
      fc.property(anyDocument, bytes, fc.option(fc.nat()), formats, (fields, changes, cut, document_format) => {
        const whole = documentOf(fields)
        for (const [at, byte] of changes) whole[at % whole.length] = byte
        const document = cut === null ? whole : whole.subarray(0, cut % whole.length)
        onlySourceErrors(() => JSON.parse(jsonOf(document, { document_format, invalid_utf8: 'replace' })))
        onlySourceErrors(() => fieldAt(document, ['a', '10']))
      }),
      { numRuns: 3000 },
    )
  })
})

function onlySourceErrors(run: () => void): void {
  try {
    run()
  } catch (cause) {
    if (!(cause instanceof SourceError) && !/^ended at/.test(String((cause as Error).message))) throw cause
  }
}
