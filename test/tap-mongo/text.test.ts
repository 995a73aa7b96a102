import { isUtf8 } from 'node:buffer'
import { expect } from 'chai'
import fc from 'fast-check'
import { viewOf } from '../../singer/bytes.js'
import { isUtf8Text } from '../../tap-mongo/bson/utf8.js'
import { documentOf } from './random-bson.js'
import { jsonOf } from './writing-json.js'

const tails = ['', '80', '8080', '808080', '4180', '8041', '80c0'].map((hex) => Buffer.from(hex, 'hex'))
const edge = fc.constantFrom(0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1)
const lead = fc.constantFrom(0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff)

describe('tap-mongo text', () => {
  it('is UTF-8 where Node says so', () => {
    const character = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).map((any) => [...Buffer.from(any)])
    const part = fc.oneof(character, fc.array(fc.oneof(edge, lead), { minLength: 1, maxLength: 4 }))
    fc.assert(
      fc.property(fc.array(part, { maxLength: 3 }), (parts) => {
        const bytes = Buffer.from(parts.flat())
        expect(isUtf8Text(viewOf(bytes), 0, bytes.length)).to.equal(isUtf8(bytes))
      }),
      { numRuns: 5000 },
    )
  })

  it('is UTF-8 where Node says so, for any first two bytes', () => {
    for (let start = 0; start < 0x10000; start++) {
      for (const tail of tails) {
        const bytes = Buffer.from([start >> 8, start & 0xff, ...tail])
        if (isUtf8Text(viewOf(bytes), 0, bytes.length) !== isUtf8(bytes)) expect.fail(bytes.toString('hex'))
      }
    }
  })

  it('is UTF-8 where Node says so when it is long, too', () => {
    const long = Buffer.from('ä'.repeat(200))
    expect(isUtf8Text(viewOf(long), 0, 400)).to.equal(true)
    expect(isUtf8Text(viewOf(long), 0, 399)).to.equal(false)
  })

  it('is escaped as JSON.stringify does it, wherever the escape stands', () => {
    for (let code = 0; code < 0x100; code++) {
      for (let before = 0; before < 5; before++) {
        const a = `${'x'.repeat(before)}${String.fromCharCode(code)}yyy`
        expect(jsonOf(documentOf([['a', a]]))).to.equal(JSON.stringify({ a }))
      }
    }
  })
})
