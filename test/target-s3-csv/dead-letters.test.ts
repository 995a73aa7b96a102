import { expect } from 'chai'
import { failure, lines, record, scan, schema } from './scanning.js'

const text = { type: ['null', 'string'] }

describe('target-s3-csv: invalid_records: dead_letter', () => {
  it('hands out the record with its line, column and reason, and goes on', () => {
    const records = ['{"n":1}', '{"n":"x", "m": [1]}', '{"n":2}', '{"n":"\\ud800"}', '{"n":3}']
    const { csv, events } = scan(
      [
        lines(schema('s', { n: { type: ['integer', 'string'], maxLength: 0 } })),
        lines(...records.map((each) => record('s', each))),
      ],
      {
        invalidRecords: 'dead_letter',
      },
    )
    expect(csv.get('s')).to.equal('n\n1\n2\n3\n')
    const dead = events.flatMap((event) =>
      event.type === 'INVALID' ? [{ ...event, record: event.record.toString() }] : [],
    )
    expect(dead).to.deep.equal([
      {
        type: 'INVALID',
        stream: 's',
        line: 3,
        column: 'n',
        reason: 'is longer than the 0 characters of maxLength',
        record: '{"n":"x", "m": [1]}',
      },
      {
        type: 'INVALID',
        stream: 's',
        line: 5,
        column: 'n',
        reason: 'is longer than the 0 characters of maxLength',
        record: '{"n":"\\ud800"}',
      },
    ])
  })

  it('leaves nothing of an invalid record in the row that follows', () => {
    const properties = { a: text, b: text, c: text }
    const input = lines(
      schema('s', properties),
      record('s', '{"a":"1","b":"2","c":"\\udfff"}'),
      record('s', '{"a":"3"}'),
    )
    expect(scan([input], { invalidRecords: 'dead_letter' }).csv.get('s')).to.equal('a,b,c\n3,,\n')
  })

  it('still stops at what is no JSON', () => {
    const input = lines(schema('s', { a: text }), record('s', '{"a":tru}'))
    expect(failure(() => scan([input], { invalidRecords: 'dead_letter' })).message)
      .to.include('line 2')
      .and.include('JSON')
  })
})
