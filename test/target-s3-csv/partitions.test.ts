import { expect } from 'chai'
import { ConfigError } from '../../singer/errors.js'
import { failure, lines, record, scan, schema } from './scanning.js'

const text = { type: ['null', 'string'] }

describe('target-s3-csv: partitions', () => {
  const properties = { id: {}, day: text, n: { type: ['null', 'object'], properties: { k: {} } } }
  const records = [
    '{"id":1,"day":"a"}',
    '{"id":2,"day":"b,c"}',
    '{"id":3,"day":"a"}',
    '{"id":4,"day":null}',
    '{"id":5}',
    '{"id":6,"day":"\\u0061"}',
    '{"id":7,"day":""}',
  ]
  const input = lines(schema('s', properties), ...records.map((each) => record('s', each)))

  it('are made by each record, NULL and an empty string by their Hive name', () => {
    const { csv } = scan([input], { partitionColumns: ['day'] })
    expect(Object.fromEntries(csv)).to.deep.equal({
      s: 'id,day,n__k\n',
      's/a': '1,a,\n3,a,\n6,a,\n',
      's/b,c': '2,"b,c",\n',
      's/__HIVE_DEFAULT_PARTITION__': '4,,\n5,,\n7,"",\n',
    })
  })

  it('leave the CSV in Hive style', () => {
    const { csv } = scan([input], { partitionColumns: ['day'], hivePartitions: true })
    expect(csv.get('s')).to.equal('id,n__k\n')
    expect(csv.get('s/a')).to.equal('1,\n3,\n6,\n')
  })

  it('are of several columns, nested ones and any kind', () => {
    const mixed = lines(
      schema('s', properties),
      ...[
        '{"id":1.50,"n":{"k":true}}',
        '{"id":1.50,"n":{"k":[1]}}',
        '{"id":"1.50","n":{"k":true}}',
        '{"id":1.5,"n":null}',
      ].map((each) => record('s', each)),
    )
    const { csv } = scan([mixed], { partitionColumns: ['n__k', 'id'] })
    expect([...csv.keys()]).to.deep.equal(['s', 's/true/1.50', 's/[1]/1.50', 's/__HIVE_DEFAULT_PARTITION__/1.5'])
    expect(csv.get('s/true/1.50')).to.equal('1.50,,true\n1.50,,true\n')
  })

  it('are refused where a stream has no such column', () => {
    const cause = failure(() => scan([input], { partitionColumns: ['month'] }))
    expect(cause).to.be.instanceOf(ConfigError)
    expect(cause.message).to.include('{column:month}').and.include('stream s')
  })
})
