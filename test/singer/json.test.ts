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

  // Of tens of megabytes: a recursion per character or escape would need too much stack.
  const long: [what: string, text: string][] = [
    ['50 MB without escapes', 'x'.repeat(50_000_000)],
    ['50 MB of escaped quotes', '"'.repeat(25_000_000)],
    ['25 MB of backslashes', '\\'.repeat(12_500_000)],
  ]
  for (const [what, value] of long) {
    it(`reads a string of ${what}`, () => {
      expect(parseJson(JSON.stringify({ a: value })) as object)
        .to.have.property('a')
        .that.satisfies((read: Json) => read === value)
    })
  }

  it('tells keys with escapes apart, on every version of Node', () => {
    const key = fc.string({
      unit: fc.constantFrom('a', '\\', '\n', '\b', 'b', '"', '\u007f', '\ud800', '日'),
      maxLength: 3,
    })
    const objects = fc.array(fc.uniqueArray(key, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(objects, (lists) => {
        const text = `[${lists.map((keys) => `{${keys.map((name) => `${JSON.stringify(name)} :1`).join()}}`).join()}]`
        const read = parseJson(text)
        expect(Array.isArray(read) && read.map((object: object) => Object.keys(object))).to.deep.equal(lists)
      }),
      { numRuns: 2000 },
    )
  })

  it('leaves keys that look like guarded ones as they are', () => {
    const text = '{"\u007fkey:6100":1,"\\n":{"b":1.10}}'
    expect(jsonText(parseJson(text))).to.equal(text)
  })

  it('prints equal values as equal text', () => {
    expect(stableText(parseJson('{"b":1.10,"a":{"d":1,"c":2}}'))).to.equal('{"a":{"c":2,"d":1},"b":1.10}')
  })

  it('keeps a key called __proto__', () => {
    const value: Json = parseJson('{"__proto__":{"x":1}}')
    expect(jsonText(value)).to.equal('{"__proto__":{"x":1}}')
  })
})
