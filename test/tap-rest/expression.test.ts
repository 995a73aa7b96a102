import { expect } from 'chai'
import fc from 'fast-check'
import { ConfigError, type Json, jsonText, parseJson } from '../../singer/index.js'
import { isTrue, parseExpression } from '../../tap-rest/settings/expression.js'
import { compare } from '../../tap-rest/settings/expression-values.js'

const body = parseJson(`{
  "ok": false, "more": true, "total": "250", "id": 12345678901234567891, "price": 1.10, "none": null, "text": "rate limit",
  "@odata.nextLink": "https://x/2", "items": [{"id": 1}, {"id": 2}], "errors": [], "meta": {"next": ""}, "zero": 0.0
}`)
const records: Json[] = [{ id: 'a' }, { id: 'z', at: { day: '2024-01-02' } }]
const facts = {
  status: 404,
  headers: { 'x-next-page': '3', link: '<x>' },
  body: () => body,
  records: { count: records.length, first: () => records[0] ?? null, last: () => records.at(-1) ?? null },
}

describe('expressions', () => {
  describe('have a value', () => {
    const rows: [expression: string, expected: string][] = [
      ['status', '404'],
      ['status == 404', 'true'],
      ['status==404 or status == 410', 'true'],
      ['status >= 400 and status < 404', 'false'],
      ['not status == 404', 'false'],
      ['not (status == 200 or body.ok)', 'true'],
      ['body.ok == false', 'true'],
      ['body.nope', 'null'],
      ['body.nope == null', 'true'],
      ['body.none == body.nope', 'true'],
      ['body.none != null', 'false'],
      ['body.ok == null', 'false'],
      ['body.total > 99', 'true'],
      ['body.total == 250', 'true'],
      ['body.total == "250"', 'true'],
      ['body.id == 12345678901234567890', 'false'],
      ['body.id > 12345678901234567890', 'true'],
      ['body.id == 12345678901234567891', 'true'],
      ['body.price == 1.1', 'true'],
      ['body.price', '1.10'],
      ['body.price < -1', 'false'],
      ['"2024-01-02" < "2024-01-10"', 'true'],
      ["'a\\'b'", `"a'b"`],
      ['body["@odata.nextLink"]', '"https://x/2"'],
      ['body.@odata.nextLink', '"https://x/2"'],
      ['body.items[0].id', '1'],
      ['body.items[-1].id', '2'],
      ['body.items[9].id', 'null'],
      ['headers.link', '"<x>"'],
      ['headers.X-Next-Page == 3', 'true'],
      ['headers["x-next-page"]', '"3"'],
      ['headers.nope', 'null'],
      ['length(records)', '2'],
      ['length(records) < 100 and body.more', 'true'],
      ['length(body.items) == 2', 'true'],
      ['length(body.errors) > 0', 'false'],
      ['length(body.text)', '10'],
      ['first(records).id', '"a"'],
      ['last(records).id', '"z"'],
      ['last(records).at.day', '"2024-01-02"'],
      ['last(records)["at"]["day"]', '"2024-01-02"'],
      ['last(records).nope', 'null'],
      ['last(body.items).id', '2'],
      ['first(body.errors)', 'null'],
      ['contains(body.text, "limit")', 'true'],
      ['contains(body.text, "none")', 'false'],
      ['contains(body, "ok")', 'true'],
      ['contains(headers.link, "x") and not contains(body.items, 3)', 'true'],
      ['body.none or body.text', '"rate limit"'],
      ['body.none or false or "x"', '"x"'],
      ['true and null', 'null'],
      ['not body.errors', 'true'],
      ['not body.zero', 'true'],
      ['not body.meta.next', 'true'],
      ['body.ok < 1', 'false'],
      ['body.ok >= false', 'true'],
      ['body.meta == body.meta', 'true'],
    ]
    for (const [expression, expected] of rows) {
      it(`${expression} → ${expected}`, () => {
        expect(jsonText(parseExpression(expression).evaluate(facts))).to.equal(expected)
      })
    }
  })

  it('of a page without records: they are null', () => {
    const empty = { ...facts, records: { count: 0, first: () => null, last: () => null } }
    expect(parseExpression('last(records).id').evaluate(empty)).to.equal(null)
    expect(parseExpression('length(records) == 0').evaluate(empty)).to.equal(true)
  })

  it('say whether they need the body, and look at it only then', () => {
    const blind = { status: 200, headers: {}, body: () => expect.fail('looked at') }
    for (const text of ['status == 200', 'headers.x', 'status == 200 or body.x']) parseExpression(text).evaluate(blind)
    expect(parseExpression('status == 404').needsBody).to.equal(false)
    expect(parseExpression('status == 200 and body.ok').needsBody).to.equal(true)
    expect(parseExpression('length(records) == 0').needsBody).to.equal(true)
  })

  describe('that are wrong are told with their column', () => {
    const rows: [expression: string, problem: string][] = [
      ['', 'column 1: a value is missing at the end'],
      ['status = 404', 'column 8: = is not known; did you mean ==?'],
      ['status == 1 && body.x', 'column 13: && is not known; did you mean and?'],
      ['!body.ok', 'column 1: ! is not known; did you mean not?'],
      ['stauts == 404', 'column 1: stauts is not known; did you mean status?'],
      ['status ==', 'column 10: a value is missing at the end'],
      ['status == 404 body', 'column 15: body is not expected here; known: and, or, ==, !=, <, <=, >, >='],
      ['(status == 404', 'column 15: ) is missing'],
      ['records', 'column 1: records stands only within length(records), first(records), last(records)'],
      ['last(records).id.', 'column 17: the path is not understood; write body.a, body["b.c"], body.a[0]'],
      ['body.items[*]', 'column 11: the path is not understood; write body.a, body["b.c"], body.a[0]'],
      ['contains(body.x)', 'column 16: , is missing'],
      ['lenght(records)', 'column 1: lenght is not known; did you mean length?'],
      ['status + 1', 'column 8: + is not known'],
      ['1 < 2 < 3', 'column 7: < is not expected here; known: and, or, ==, !=, <, <=, >, >='],
    ]
    for (const [expression, problem] of rows) {
      it(`${expression} — ${problem}`, () => {
        expect(() => parseExpression(expression))
          .to.throw(ConfigError)
          .with.property('message', problem)
      })
    }
  })

  it('compare numbers by all their digits', () => {
    const sign = (a: string, b: string) => Math.sign(compare(parseJson(a), parseJson(b)) ?? Number.NaN)
    const integers = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })
    fc.assert(fc.property(integers, integers, (a, b) => sign(`${a}`, `${b}`) === (a < b ? -1 : a > b ? 1 : 0)))
    const doubles = fc.double({ noNaN: true, noDefaultInfinity: true })
    fc.assert(fc.property(doubles, doubles, (a, b) => sign(`${a}`, `${b}`) === (a < b ? -1 : a > b ? 1 : 0)))
    for (const [a = '', b = ''] of [
      ['1.10', '1.1'],
      ['-0', '0'],
      ['1e2', '100'],
      ['0.001E3', '1'],
      ['1e400', '10e399'],
    ]) {
      expect(sign(a, b), `${a} ${b}`).to.equal(0)
    }
  })

  it('are true for all but null, false, 0 and what is empty', () => {
    for (const value of [null, false, 0, '', [], {}, parseJson('0.0')])
      expect(isTrue(value), jsonText(value)).to.equal(false)
    for (const value of [true, 1, 'x', '0', [0], { a: null }, parseJson('1.10')]) expect(isTrue(value)).to.equal(true)
  })
})
