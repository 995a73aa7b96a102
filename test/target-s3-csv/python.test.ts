import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { lines, record, scan, schema } from './scanning.js'

const golden = join(import.meta.dirname, '../../../test/golden')

describe('target-s3-csv: byte for byte what Python writes', () => {
  it('dialect pipelinewise', async () => {
    const messages = await readFile(join(golden, 'pipelinewise/messages.jsonl'))
    const expected = await readFile(join(golden, 'pipelinewise/pipelinewise.csv'), 'utf8')
    const { csv } = scan([messages], { dialect: { dialect: 'pipelinewise' } })
    expect(csv.get('golden')?.split('\r\n')).to.deep.equal(expected.split('\r\n'))
  })

  it('csv.writer with a delimiter, without a header, of the date-times of a driver', async () => {
    const expected = await readFile(join(golden, 'orders/orders.csv'), 'utf8')
    const properties = {
      OrderId: { type: ['null', 'integer'] },
      OrderStatus: { type: ['null', 'string'] },
      LastUpdated: { type: ['null', 'string'], format: 'date-time' },
    }
    const orders = [
      [1, 'Backordered', '2020-06-01T12:00:00Z'],
      [1, 'Shipped', '2020-06-09T12:00:25+00:00'],
      [2, 'Shipped', '2020-07-11T03:05:00.000000Z'],
      [1, 'Shipped', '2020-06-09T11:50:00Z'],
      [3, 'Shipped', '2020-07-12T14:00:00+02:00'],
    ].map(([OrderId, OrderStatus, LastUpdated]) => record('Orders', { OrderId, OrderStatus, LastUpdated }))
    const dialect = { delimiter: '|', header: false, line_end: 'crlf', datetime: 'YYYY-MM-DD HH:MM:SS' } as const
    expect(scan([lines(schema('Orders', properties), ...orders)], { dialect }).csv.get('Orders')).to.equal(expected)
  })
})
