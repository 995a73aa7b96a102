import { expect } from 'chai'
import fc from 'fast-check'
import { type Json, jsonText, parseJson, stableText } from '../../singer/json.js'

describe('json keeps every digit', () => {
  for (const digits of ['18446744073709551615', '1.10', '-0', '-0.0', '1e400', '1E5', '0.1', '123456789012345678.5']) {
    it(digits, () => {
      expect(jsonText(parseJson(`{"a":[${digits},"${digits}"]}`))).to.equal(`{"a":[${digits},"${digits}"]}`)
    })
  }

  for (const bad of ['01', '1.', '{"a":12345678901234567890abc}', '12345678901234567890""', '', '{', '"\\x"', 'NaN']) {
    it(`refuses ${bad}`, () => {
      expect(() => parseJson(bad)).to.throw()
    })
  }

  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(jsonText(parseJson(text)))).to.deep.equal(JSON.parse(text))
      }),
    )
  })

  it('prints equal values as equal text', () => {
    expect(stableText(parseJson('{"b":1.10,"a":{"d":1,"c":2}}'))).to.equal('{"a":{"c":2,"d":1},"b":1.10}')
  })

  it('keeps a key called __proto__', () => {
    const value: Json = parseJson('{"__proto__":{"x":1}}')
    expect(jsonText(value)).to.equal('{"__proto__":{"x":1}}')
  })
})
