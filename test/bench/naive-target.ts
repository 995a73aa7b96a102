// The target that one writes first: JSON.parse of each line, CSV through strings, a temporary file, then one upload.
// Arguments: path of the file, and for an upload JSON of { bucket, config of an S3Client }.
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

const [path = '', upload] = process.argv.slice(2)
const rows = Readable.from(csvRows())
if (upload) {
  const { bucket, config } = JSON.parse(upload)
  const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3')
  await pipeline(rows, createGzip({ level: 1 }), createWriteStream(path))
  await new S3Client(config).send(
    new PutObjectCommand({ Bucket: bucket, Key: 'naive.csv.gz', Body: await readFile(path) }),
  )
  await rm(path)
} else {
  await pipeline(rows, createWriteStream(path))
}

async function* csvRows(): AsyncGenerator<string> {
  const input = createReadStream('', { fd: 0 })
  let columns: string[] = []
  let rows = ''
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const message = JSON.parse(line)
    if (message.type === 'SCHEMA') {
      columns = Object.keys(message.schema.properties)
      rows += `${columns.map(quoted).join(',')}\n`
    } else if (message.type === 'RECORD') {
      rows += `${columns.map((name) => quoted(message.record[name])).join(',')}\n`
    }
    if (rows.length > 65_536) {
      yield rows
      rows = ''
    }
  }
  yield rows
}

function quoted(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
