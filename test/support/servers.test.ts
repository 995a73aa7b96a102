import { expect } from 'chai'
import { mongoServer } from './mongo/java.js'
import { s3Server } from './s3.js'
import { sqlServers } from './servers.js'

describe('test servers', () => {
  for (const { name, server } of sqlServers) {
    it(`${name} runs, logs rows and keeps digits`, async function () {
      this.timeout(300_000)
      const { title, query, newDatabase } = await server()
      const database = await newDatabase()
      const [row] = await query(
        `CREATE TABLE ${database}.t (n bigint unsigned); INSERT INTO ${database}.t VALUES (18446744073709551615);`,
      )
      expect(title).to.match(new RegExp(`^${name} \\d`))
      expect(row).to.include({ affectedRows: 0 })
      expect(await query(`SELECT n, @@binlog_format AS format FROM ${database}.t`)).to.deep.equal([
        { n: '18446744073709551615', format: 'ROW' },
      ])
    })
  }

  it('MongoDB runs and keeps documents in the order of their ids', async function () {
    this.timeout(300_000)
    const { client, newDatabase } = await mongoServer()
    const collection = client.db(newDatabase()).collection<{ _id: number | string }>('c')
    await collection.insertMany([{ _id: 'a' }, { _id: 2 }, { _id: -1.5 }])
    expect(await collection.find({}, { sort: { _id: 1 } }).toArray()).to.deep.equal([
      { _id: -1.5 },
      { _id: 2 },
      { _id: 'a' },
    ])
  })

  it('S3 refuses a wrong secret', async function () {
    this.timeout(300_000)
    const { S3Client, CreateBucketCommand } = await import('@aws-sdk/client-s3')
    const { endpoint, region, accessKeyId, newBucket, keys } = await s3Server()
    expect(await keys(await newBucket())).to.deep.equal([])
    const credentials = { accessKeyId, secretAccessKey: 'wrong' }
    const stranger = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
    const refusal = await stranger
      .send(new CreateBucketCommand({ Bucket: 'other' }))
      .catch((cause: Error) => cause.name)
    expect(refusal).to.equal('SignatureDoesNotMatch')
    stranger.destroy()
  })
})
