// The loop that one writes first: documents from the driver, JSON.stringify of each. With `pages` it only takes the documents
// as bytes, page by page behind the last `_id`, a number: what server and driver need for themselves. Arguments: URI,
// database, collection, `pages`.
import { once } from 'node:events'
import { MongoClient } from 'mongodb'

const [uri = '', database, collection = '', kind] = process.argv.slice(2)
/** About 2 MiB, as tap-mongo reads them. */
const perPage = 4400
const client = new MongoClient(uri)
try {
  const found = client.db(database).collection<{ _id: number }>(collection)
  if (kind === 'pages') {
    for (let last = -1, size = perPage; size > 0; last += size) {
      const page = found.find(
        { _id: { $gt: last } },
        { raw: true, sort: { _id: 1 }, limit: perPage, batchSize: perPage + 1 },
      )
      await page.hasNext()
      size = page.readBufferedDocuments().length
      await page.close()
    }
  } else {
    for await (const record of found.find({}, { batchSize: 10_000 })) {
      const line = `${JSON.stringify({ type: 'RECORD', stream: collection, record })}\n`
      if (!process.stdout.write(line)) await once(process.stdout, 'drain')
    }
  }
} finally {
  await client.close()
}
