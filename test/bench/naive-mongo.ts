// The loop that one writes first: documents from the driver, JSON.stringify of each. With `raw` it only takes the documents:
// what the server and the driver need for themselves. Arguments: URI, database, collection, `raw`.
import { once } from 'node:events'
import { MongoClient } from 'mongodb'

const [uri = '', database, collection = '', kind] = process.argv.slice(2)
const client = new MongoClient(uri)
try {
  const found = client.db(database).collection(collection)
  if (kind === 'raw') {
    let bytes = 0
    for await (const document of found.find({}, { raw: true, batchSize: 10_000 })) bytes += document.length
    process.stderr.write(`${bytes} bytes\n`)
  } else {
    for await (const record of found.find({}, { batchSize: 10_000 })) {
      const line = `${JSON.stringify({ type: 'RECORD', stream: collection, record })}\n`
      if (!process.stdout.write(line)) await once(process.stdout, 'drain')
    }
  }
} finally {
  await client.close()
}
