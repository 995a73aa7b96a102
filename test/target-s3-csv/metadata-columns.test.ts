import { expect } from 'chai'
import { failure, lines, rowsOf, scan, schema } from './scanning.js'

describe('target-s3-csv: metadata columns', () => {
  const names =
    '_sdc_extracted_at,_sdc_received_at,_sdc_batched_at,_sdc_deleted_at,_sdc_sequence,_sdc_table_version,_sdc_primary_key'
  const message = (rest: object) => ({ type: 'RECORD', stream: 's', record: { id: 1 }, ...rest })

  it('say what the message and the clock say', () => {
    const before = Date.now()
    const at = '2026-01-31T07:00:00.123Z'
    const messages = [
      message({ time_extracted: at, version: 5 }),
      message({ time_extracted: at, version: 5 }),
      message({ version: 6 }),
      message({ time_extracted: '2026-01-31T07:00:00+00:00' }),
      message({ record: { id: 2, _sdc_deleted_at: at } }),
    ]
    const { csv, warnings } = scan([lines(schema('s', { id: {} }, ['id']), ...messages)], { metadataColumns: true })
    const [header, ...rows] = (csv.get('s') ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','))
    expect(header?.join()).to.equal(`id,${names}`)
    const [, , received, batched, , sequence] = rows[0] ?? []
    expect(new Date(received ?? '').toISOString()).to.equal(received)
    expect(Number(sequence))
      .to.equal(Date.parse(received ?? ''))
      .and.be.within(before, Date.now())
    expect(batched).to.equal(received)
    const clock = [received, batched]
    const key = '"[""id""]"'
    expect(rows).to.deep.equal([
      ['1', at, ...clock, '', sequence, '5', key],
      ['1', at, ...clock, '', sequence, '5', key],
      ['1', '', ...clock, '', sequence, '6', key],
      ['1', '2026-01-31T07:00:00+00:00', ...clock, '', sequence, '', key],
      ['2', '', ...clock, at, sequence, '', key],
    ])
    expect(warnings).to.deep.equal([])
  })

  it('are those of their line, whichever kind of line comes before it', () => {
    const first = '{"type":"RECORD","stream":"s","record":{"id":1},"version":1}'
    const second = '{"stream":"s","type":"RECORD","record":{"id":2},"version":2}'
    const third = '{"stream":"s","version":3,"type":"RECORD","record":{"id":3}}'
    const other = '{"type":"RECORD","stream":"t","record":{"id":4},"version":4}'
    const order = [first, second, third, first, third, other, second, second, other, third, third, first]
    const { csv } = scan([lines(schema('s', { id: {} }), schema('t', { id: {} }), ...order)], { metadataColumns: true })
    const rows = [...csv.values()].flatMap((text) => text.trimEnd().split('\n').slice(1))
    expect(rows).to.have.length(order.length)
    for (const row of rows) expect(row.split(',')[6], row).to.equal(row.split(',')[0])
  })

  it('follow the `datetime` pattern', () => {
    const { csv } = scan([lines(schema('s', { id: {} }), message({ time_extracted: '2026-01-31T07:00:00+01:00' }))], {
      metadataColumns: true,
      dialect: { datetime: 'YYYY-MM-DD HH:MM:SS' },
    })
    expect(csv.get('s')).to.match(/\n1,2026-01-31 06:00:00,\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,/)
    const broken = lines(schema('s', { id: {} }), message({ time_extracted: 'now' }))
    const options = { metadataColumns: true, dialect: { datetime: 'YYYY' } }
    expect(failure(() => scan([broken], options)).message)
      .to.include('line 2')
      .and.include('time_extracted')
  })

  it('stand where the SCHEMA has them, as data of the tap', () => {
    const properties = { _sdc_sequence: {}, id: {} }
    const { csv } = scan([lines(schema('s', properties), message({ record: { _sdc_sequence: 7, id: 1 } }))], {
      metadataColumns: true,
    })
    expect(csv.get('s')).to.match(
      /^_sdc_sequence,id,_sdc_extracted_at,.*,_sdc_deleted_at,_sdc_table_version,_sdc_primary_key\n7,1,/,
    )
  })

  it('are sorted with the others for pipelinewise', () => {
    const options = { metadataColumns: true, dialect: { dialect: 'pipelinewise' as const } }
    expect(rowsOf({ id: {}, Z: {} }, [], options)).to.equal(
      'Z,_sdc_batched_at,_sdc_deleted_at,_sdc_extracted_at,_sdc_primary_key,_sdc_received_at,_sdc_sequence,_sdc_table_version,id\r\n',
    )
  })
})
