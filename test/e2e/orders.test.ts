import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { projectFolder } from '../support/cache.js'
import { type SqlServer, sqlServers } from '../support/servers.js'
import { type Extract, extractCsv } from './extract.js'

const rows = [
  "(1,'Backordered','2020-06-01 12:00:00')",
  "(1,'Shipped','2020-06-09 12:00:25')",
  "(2,'Shipped','2020-07-11 3:05:00')",
  "(1,'Shipped','2020-06-09 11:50:00')",
  "(3,'Shipped','2020-07-12 12:00:00')",
]
const laterRows = '1|Shipped|2020-06-09 12:00:25\r\n2|Shipped|2020-07-11 03:05:00\r\n3|Shipped|2020-07-12 12:00:00\r\n'

for (const { name, server } of sqlServers) {
  describe(`Orders from ${name}`, () => {
    it('are, in full, byte for byte what Python writes', async () => {
      const golden = await readFile(join(projectFolder, 'test/golden/orders/orders.csv'), 'utf8')
      expect(await extractOrders(await server(), { 'replication-method': 'FULL_TABLE' })).to.equal(golden)
    })

    for (const bookmark of ['2020-06-09 12:00:25', '2020-06-09T12:00:25Z', '2020-06-09T12:00:25.000000+00:00']) {
      it(`are, from the bookmark ${bookmark} on, its row once and the later ones`, async () => {
        const key = { 'replication-method': 'INCREMENTAL', 'replication-key': 'LastUpdated' }
        expect(await extractOrders(await server(), key, bookmark)).to.equal(laterRows)
      })
    }
  })
}

/** `bookmark`: as other taps leave it, without our notes on the rows that share it. */
async function extractOrders(server: SqlServer, metadata: object, bookmark?: string): Promise<string> {
  const database = await server.newDatabase()
  await server.query(`SET time_zone = '+00:00';
    CREATE TABLE ${database}.Orders (OrderId int, OrderStatus varchar(30), LastUpdated timestamp);
    INSERT INTO ${database}.Orders VALUES ${rows.join()}`)
  const stream = `${database}-Orders`
  const extract: Extract = {
    tap: { ...server.config, select: [stream], metadata: { [stream]: metadata } },
    target: { delimiter: '|', header: false, line_end: 'crlf', datetime: 'YYYY-MM-DD HH:MM:SS' },
  }
  if (!bookmark) return extractCsv(extract)
  const bookmarks = { [stream]: { replication_key: 'LastUpdated', replication_key_value: bookmark } }
  return extractCsv({ ...extract, state: { bookmarks } })
}
