import { expect } from 'chai'
import { readCsv } from './csv.js'

describe('reader of CSV', () => {
  const texts: [string, unknown][] = [
    ['', []],
    ['a,b\n', [['a', 'b']]],
    [',\n', [[null, null]]],
    ['"",\n', [['', null]]],
    ['"a,b","say ""hi""","two\nlines"\n', [['a,b', 'say "hi"', 'two\nlines']]],
    ['a\n\nb\n', [['a'], [null], ['b']]],
  ]
  for (const [text, rows] of texts) {
    it(`reads ${JSON.stringify(text)}`, () => expect([...readCsv(text)]).to.deep.equal(rows))
  }

  for (const text of ['a,b', 'a,', 'a"b\n', '"a"b\n', '"a\n', '"a"\r\n']) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(() => [...readCsv(text)]).to.throw('CSV'))
  }
})
