import { expect } from 'chai'
import { failure, lines, record, rowsOf, scan, schema } from './scanning.js'

const text = { type: ['null', 'string'] }

describe('target-s3-csv: extra_properties', () => {
  const properties = { a: text, b: { type: 'object', properties: { c: text } } }
  const records = [
    { a: '1', x: 1 },
    { x: { y: '"' }, b: { d: 2, c: '2' }, a: '2', z: null },
    { a: '3', b: {} },
  ]
  const input = lines(schema('s', properties), ...records.map((values) => record('s', values)))

  it('warn: each is named once and counted, and no value moves', () => {
    const { csv, warnings } = scan([input])
    expect(csv.get('s')).to.equal('a,b__c\n1,\n2,2\n3,\n')
    expect(warnings).to.deep.equal([
      ...['x', 'b__d', 'z'].map(
        (column) => `a property is not in the SCHEMA: its values are left out {"stream":"s","column":"${column}"}`,
      ),
      'values of properties beside the SCHEMA were left out {"stream":"s","count":4}',
    ])
  })

  it('stop: the record is invalid', () => {
    const cause = failure(() => scan([input], { extraProperties: 'stop' }))
    expect(cause.message).to.include('line 2 of the input, stream s: column x is not in the SCHEMA')
    const { csv, events } = scan([input], { extraProperties: 'stop', invalidRecords: 'dead_letter' })
    expect(csv.get('s')).to.equal('a,b__c\n3,\n')
    expect(events.map(({ type }) => type)).to.deep.equal(['SCHEMA', 'INVALID', 'INVALID'])
  })

  it('column: their JSON in the column `_extra`', () => {
    const { csv, warnings } = scan([input], { extraProperties: 'column' })
    expect(csv.get('s')).to.equal(
      'a,b__c,_extra\n1,,"{""x"":1}"\n2,2,"{""x"":{""y"":""\\""""},""b__d"":2,""z"":null}"\n3,,\n',
    )
    expect(warnings).to.deep.equal([])
  })

  it('column: beside a property of that name, and of a SCHEMA without any', () => {
    expect(rowsOf({ _extra: text }, [{ _extra: 'x', y: 1 }], { extraProperties: 'column' })).to.equal(
      '_extra,_extra_2\nx,"{""y"":1}"\n',
    )
    expect(rowsOf({}, [{ y: 1.0 }, {}], { extraProperties: 'column' })).to.equal('_extra\n"{""y"":1}"\n""\n')
  })

  it('counts a line once, whichever way it was read', () => {
    const changing = [1, 2, 3].map((n) => `{"type":"RECORD","stream":"s","record":{"x":${n}},"version":${n}}`)
    const { warnings } = scan([lines(schema('s', '{}'), ...changing)])
    expect(warnings.at(-1)).to.include('"count":3')
  })
})
