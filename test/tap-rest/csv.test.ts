import { expect } from 'chai'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { field, pageOf, records, refusal } from './reading-pages.js'

const tables: readonly [string, string, readonly string[]][] = [
  ['a header and rows', 'a,b\n1,2\n3,4\n', ['{"a":"1","b":"2"}', '{"a":"3","b":"4"}']],
  ['CRLF and no end of the last line', 'a,b\r\n1,2', ['{"a":"1","b":"2"}']],
  ['CR alone', 'a,b\r1,2\r', ['{"a":"1","b":"2"}']],
  ['line ends of two kinds', 'a\r\n1\n2\r\n', ['{"a":"1"}', '{"a":"2"}']],
  ['a byte order mark', '\ufeffa,b\n1,2\n', ['{"a":"1","b":"2"}']],
  ['a byte order mark before a quote', '\ufeff"a",b\n1,2\n', ['{"a":"1","b":"2"}']],
  ['quotes around delimiters, quotes and line ends', 'a\n"x,""y""\n z"\n', ['{"a":"x,\\"y\\"\\n z"}']],
  ['an empty cell, which is null', 'a,b\n,2\n', ['{"a":null,"b":"2"}']],
  [
    'an empty cell in quotes, which is a text',
    'a,b,c\n,"",\n"",,""\n',
    ['{"a":null,"b":"","c":null}', '{"a":"","b":null,"c":""}'],
  ],
  ['the word null', 'a,b\nnull,"null"\n', ['{"a":"null","b":"null"}']],
  ['numbers, whose digits stay', 'a\n1.10\n', ['{"a":"1.10"}']],
  ['spaces, which stay', 'a,b\n x , y\n', ['{"a":" x ","b":" y"}']],
  ['blank lines', 'a,b\n\n1,2\n\n', ['{"a":"1","b":"2"}']],
  ['a header alone', 'a,b\n', []],
  ['columns without names', ',a,""\n0,1,2\n', ['{"column_1":"0","a":"1","column_3":"2"}']],
  ['semicolons', 'a;b\n1,5;2\n', ['{"a":"1,5","b":"2"}']],
  ['tabs', 'a\tb\n1\t2\n', ['{"a":"1","b":"2"}']],
  ['bars', 'a|b\n1|2\n', ['{"a":"1","b":"2"}']],
  ['semicolons beside commas in quotes', '"a,b,c";b\n1;2\n', ['{"a,b,c":"1","b":"2"}']],
  ['control characters', 'a\n\u0001\t\n', ['{"a":"\\u0001\\t"}']],
]

const broken: readonly [string, string, string][] = [
  ['a short row', 'a,b\n1,2\nsecret\n', 'line 3 has more or fewer cells than the header'],
  ['a long row', 'a,b\n1,2,secret\n', 'line 2 has more or fewer cells'],
  ['a quote that is not closed', 'a,b\n1,"secret\n', 'a quote that was opened before is not closed'],
  ['text after a quote', 'a,b\n"1"secret,2\n', 'line 2 has text between a closing quote and the next delimiter'],
  ['a quote in a cell', 'a,b\nsec"ret,2\n', 'line 2 has a quote inside of a cell without quotes'],
  ['a name twice', 'a,b,a\n1,2,3\n', 'names the column "a" twice in its header'],
]

describe('tap-rest: records of a CSV body', () => {
  for (const [title, csv, expected] of tables) {
    it(title, async () => {
      const page = await pageOf(csv, { format: 'csv' })
      expect(records(page)).to.deep.equal(expected)
      expect(page.envelope).to.equal(null)
    })
  }

  for (const [title, csv, problem] of broken) {
    it(`refuses ${title}`, async () => {
      expect(await refusal(pageOf(csv, { format: 'csv' })))
        .to.include(problem)
        .and.not.include('secret')
    })
  }

  it('have wanted fields', async () => {
    const page = await pageOf('id,at\n7,2024\n8,\n', { format: 'csv', wanted: [['at'], ['id'], ['x']] })
    expect([0, 1, 2].map((i) => field(page, 1, i))).to.deep.equal(['null', '"8"', undefined])
  })

  it('are what csv-stringify wrote', async () => {
    const cell = fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'binary' }).filter((text) => !/[\ud800-\udfff]/.test(text)),
    )
    const rows = fc.array(fc.tuple(fc.string({ minLength: 1 }), cell, cell))
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(',', ';', '\t'), async (cells, delimiter) => {
        const csv = stringify([['a', 'b', 'c'], ...cells], { delimiter, quoted_string: true })
        const expected = cells.map(([a, b, c]) => ({ a, b, c }))
        const page = await pageOf(csv, { format: 'csv' })
        expect(records(page).map((record) => JSON.parse(record))).to.deep.equal(expected)
      }),
    )
  })
})
