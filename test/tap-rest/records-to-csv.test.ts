import { expect } from 'chai'
import { scan } from '../target-s3-csv/scanning.js'
import { inferred, planOf, written } from './record-pages.js'

/** The CSV of each page in turn, the schema being what the first page shows. */
function csvOf(...pages: readonly (readonly string[])[]): string | undefined {
  const { lines } = written(pages, { schema: inferred(pages[0] ?? []) })
  return scan([`${lines.join('\n')}\n`]).csv.get('s')
}

describe('records in target-s3-csv', () => {
  const table: [string, (readonly string[])[], string][] = [
    [
      'every digit arrives',
      [['{"a":12345678901234567890,"b":1.10,"c":1e400,"d":-0.0}']],
      'a,b,c,d\n12345678901234567890,1.10,1e400,-0.0\n',
    ],
    ['objects are columns', [['{"a":{"b":1,"c":{"d":true}}}', '{"a":null}']], 'a__b,a__c__d\n1,true\n,\n'],
    ['lists are text', [['{"a":[1,"x"]}']], 'a\n"[1,""x""]"\n'],
    ['a new column stands behind the others', [['{"b":1}'], ['{"a":2,"b":1}']], 'b\n1\nb,a\n1,2\n'],
    [
      'a new nested column stands behind its siblings',
      [['{"o":{"b":1}}'], ['{"o":{"a":2}}']],
      'o__b\n1\no__b,o__a\n,2\n',
    ],
    ['an object in a column of nulls', [['{"a":null}'], ['{"a":{"b":1}}']], 'a\n""\n"{""b"":1}"\n'],
    ['an object in a column of texts', [['{"a":"x"}'], ['{"a":{"b":1}}']], 'a\nx\na\n"{""b"":1}"\n'],
    ['a text in a column of integers', [['{"a":1}'], ['{"a":"x"}']], 'a\n1\na\nx\n'],
    ['a text where objects were', [['{"a":{"b":1}}'], ['{"a":"x"}']], 'a__b\n1\na\nx\n'],
    ['more in an object that was empty', [['{"a":{}}'], ['{"a":{"b":1}}']], 'a\n{}\n"{""b"":1}"\n'],
  ]
  for (const [title, pages, csv] of table) {
    it(title, () => {
      expect(csvOf(...pages)?.replaceAll('\r\n', '\n')).to.equal(csv)
    })
  }

  it('the include columns of open-notify stand before its own', () => {
    const plan = planOf({ columns: ['lat', 'lon'] })
    const records = ['{"duration":653,"risetime":1596384217}']
    const schema = inferred(records, plan, [42.36, 71.05])
    const { lines } = written([records], { schema, plan, included: [42.36, 71.05] })
    const { csv } = scan([`${lines.join('\n')}\n`])
    expect(csv.get('s')?.replaceAll('\r\n', '\n')).to.equal('lat,lon,duration,risetime\n42.36,71.05,653,1596384217\n')
  })
})
