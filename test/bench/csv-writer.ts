// Messages to CSV into /dev/null. Arguments: which writer, and the path of the messages.
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { stringify } from 'csv-stringify'
import { dialectOf } from '../../target-s3-csv/csv.js'
import { createScanner } from '../../target-s3-csv/scanner.js'

const [writer = '', path = ''] = process.argv.slice(2)
const nowhere = openSync('/dev/null', 'w')
const writers: Readonly<Record<string, () => void | Promise<void>>> = { ours, byHand, csvStringify }
await writers[writer]?.()

function ours() {
  const scanner = createScanner({
    dialect: dialectOf({}),
    flatten: { depth: Number.POSITIVE_INFINITY, separator: '__', maxKeyLength: Number.POSITIVE_INFINITY },
    metadataColumns: false,
    invalidRecords: 'stop',
    extraProperties: 'stop',
    partitionColumns: [],
    hivePartitions: false,
    rowsBytes: 1 << 20,
    rowsCount: Number.POSITIVE_INFINITY,
    log: { debug() {}, info() {}, warning() {}, critical() {}, redact() {} },
  })
  for (const block of blocks()) {
    for (const event of scanner.scan(block)) {
      if (event.type === 'SCHEMA') writeSync(nowhere, event.table.header)
      if (event.type !== 'ROWS') continue
      const { bytes } = event.rows.take()
      writeSync(nowhere, bytes)
      scanner.release(bytes)
    }
  }
  for (const table of scanner.tables) for (const rows of table.pending()) writeSync(nowhere, rows.take().bytes)
}

/** Strings, but with care: one text for many rows. */
function byHand() {
  let columns: readonly string[] = []
  let text = ''
  for (const message of messages()) {
    if (message.type === 'SCHEMA') columns = Object.keys(message.schema.properties)
    else text += rowByHand(columns, message.record)
    if (text.length < 8192) continue
    writeSync(nowhere, text)
    text = ''
  }
  writeSync(nowhere, text)
}

function rowByHand(columns: readonly string[], record: Readonly<Record<string, unknown>>): string {
  let row = ''
  for (const [index, name] of columns.entries()) row += (index > 0 ? ',' : '') + cellByHand(record[name])
  return `${row}\n`
}

function cellByHand(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /[",\r\n]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text
}

async function csvStringify() {
  let columns: string[] = []
  const rows = stringify({ cast: { boolean: String } })
  rows.on('data', (chunk: Buffer) => writeSync(nowhere, chunk))
  for (const message of messages()) {
    if (message.type === 'SCHEMA') columns = Object.keys(message.schema.properties)
    else if (!rows.write(columns.map((name) => message.record[name])))
      await new Promise((done) => rows.once('drain', done))
  }
  rows.end()
}

function* messages() {
  for (const block of blocks()) {
    for (let begin = 0; begin < block.length; ) {
      const end = block.indexOf(10, begin)
      yield JSON.parse(block.toString('utf8', begin, end))
      begin = end + 1
    }
  }
}

/** Blocks of complete lines. */
function* blocks(): Generator<Buffer> {
  const file = openSync(path, 'r')
  const buffer = Buffer.allocUnsafeSlow(2 << 20)
  for (let kept = 0; ; ) {
    const count = readSync(file, buffer, kept, 1 << 20, null)
    if (count === 0) break
    const end = buffer.lastIndexOf(10, kept + count - 1) + 1
    yield buffer.subarray(0, end)
    buffer.copyWithin(0, end, kept + count)
    kept += count - end
  }
  closeSync(file)
}
