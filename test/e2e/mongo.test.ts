import { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'bson'
import { expect } from 'chai'
import { bookmarkOf } from '../../singer/state.js'
import { startScripted } from '../support/mongo/scripted.js'
import type { Scripted } from '../support/mongo/types.js'
import { withRuns } from './mongo-runs.js'

describe('tap-mongo | target-s3-csv', () => {
  let server: Scripted

  beforeEach(async () => {
    server = await startScripted()
  })

  afterEach(() => server.close())

  const settings = (metadata: object, more: object = {}) => ({
    uri: server.uri,
    select: ['shop-*.*'],
    metadata,
    ...more,
  })

  it('brings documents with ids of all sorts, digit for digit', async () => {
    const ids = [
      new Double(Number.NaN),
      new Double(-0),
      new Int32(7),
      Long.MAX_VALUE,
      Decimal128.fromString('12345678901234567890.1234567890'),
      '',
      'text, "quoted"\nin two lines',
      new Map([
        ['b', 1],
        ['a', 2],
      ]),
      new Binary(Buffer.from('00112233445566778899aabbccddeeff', 'hex'), 4),
      new ObjectId('65a000000000000000000001'),
      true,
      new Date('2026-01-31T23:59:59.999Z'),
      new Timestamp({ t: 4294967295, i: 7 }),
    ]
    for (const [n, _id] of ids.entries()) {
      server.insert(
        'shop',
        'things',
        new Map<string, unknown>([
          ['_id', _id],
          ['n', new Int32(n)],
        ]),
      )
    }
    await withRuns({ tap: settings({}, { batch_size: 2 }) }, async ({ run }) => {
      expect((await run()).get('shop-things')).to.equal(
        [
          '_id,n',
          ',0',
          '-0.0,1',
          '7,2',
          '9223372036854775807,3',
          '12345678901234567890.1234567890,4',
          '"",5',
          '"text, ""quoted""\nin two lines",6',
          '"{""b"":1,""a"":2}",7',
          '00112233-4455-6677-8899-aabbccddeeff,8',
          '65a000000000000000000001,9',
          'true,10',
          '2026-01-31T23:59:59.999Z,11',
          '"{""t"":4294967295,""i"":7}",12',
          '',
        ].join('\n'),
      )
    })
  })

  it('brings what changed, three runs from one state', async () => {
    const at = (text: string) => new Date(`2026-01-0${text}T00:00:00Z`)
    const metadata = { 'shop-orders': { 'replication-method': 'INCREMENTAL', 'replication-key': 'at' } }
    const order = (_id: number, day: string) => ({ _id: new Int32(_id), at: at(day), note: `n${_id}` })
    server.insert('shop', 'orders', order(1, '1'), order(2, '2'), order(3, '2'))
    await withRuns({ tap: settings(metadata) }, async ({ run, state }) => {
      const line = (id: number, day: string) => `${id},2026-01-0${day}T00:00:00.000Z,n${id}\n`
      const header = '_id,at,note\n'
      expect((await run()).get('shop-orders')).to.equal(`${header}${line(1, '1')}${line(2, '2')}${line(3, '2')}`)
      server.insert('shop', 'orders', order(4, '2'), order(5, '3'))
      expect((await run()).get('shop-orders')).to.equal(`${header}${line(4, '2')}${line(5, '3')}`)
      server.replace('shop', 'orders', order(1, '4'))
      expect((await run()).get('shop-orders')).to.equal(`${header}${line(1, '4')}`)
      expect((await run()).size).to.equal(0)
      expect(bookmarkOf(await state(), 'shop-orders')).to.deep.include({
        replication_key: 'at',
        replication_key_value: { $date: { $numberLong: String(at('4').getTime()) } },
      })
    })
  })
})
