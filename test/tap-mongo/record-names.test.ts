import { expect } from 'chai'
import { configOf } from './given-config.js'
import { documentAround } from './random-bson.js'
import { linesOf, writerOf } from './writing.js'

const invalidName = documentAround('1061ff620001000000')
const replaced = documentAround(`10${Buffer.from('a\ufffdb\0').toString('hex')}01000000`)
const many = documentAround(Array.from({ length: 20 }, (_, i) => `1078${(i + 0x41).toString(16)}0001000000`).join(''))

describe('tap-mongo records with names that are not UTF-8', () => {
  for (const [title, before] of [
    ['few', []],
    ['many', [many]],
  ] as const) {
    it(`are sent with U+FFFD where the settings say so, among ${title} others`, () => {
      const writer = writerOf({ config: configOf({ invalid_utf8: 'replace' }) })
      const [record] = linesOf(writer, [...before, invalidName]).slice(-1)
      expect(record).to.include('"record":{"a\ufffdb":1}')
    })

    it(`stop the stream, also where U+FFFD has been seen, among ${title} others`, () => {
      const writer = writerOf()
      linesOf(writer, [...before, replaced])
      expect(() => linesOf(writer, [invalidName])).to.throw('the text is not UTF-8')
    })
  }
})
