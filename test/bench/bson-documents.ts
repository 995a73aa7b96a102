// Converts BSON documents to JSON and prints how many a second. Argument: which way.
import { BSON, Int32, Long, ObjectId, UUID } from 'mongodb'
import { viewOf } from '../../singer/bytes.js'
import { maxLength, valueWriter } from '../../tap-mongo/bson/value-writer.js'
import { configOf } from '../tap-mongo/given-config.js'

const documents = Array.from({ length: 20_000 }, (_, index) => Buffer.from(BSON.serialize(order(index))))
const bytes = documents.reduce((sum, { length }) => sum + length, 0)
const ways: Readonly<Record<string, () => () => void>> = { ours, overObjects }
const convertAll = ways[process.argv[2] ?? '']?.()
if (!convertAll) throw new Error(`no way ${process.argv[2]}`)

const warmUp = 5
const rounds = 20
for (let round = 0; round < warmUp; round++) convertAll()
const started = performance.now()
for (let round = 0; round < rounds; round++) convertAll()
const seconds = (performance.now() - started) / 1000
process.stderr.write(`${bytes / documents.length} bytes\n`)
process.stdout.write(String((rounds * documents.length) / seconds))

function ours() {
  const buffer = Buffer.alloc(1 << 20)
  const output = { bytes: buffer, view: viewOf(buffer), at: 0 }
  const writer = valueWriter(output, configOf(), () => {})
  return () => {
    for (const document of documents) {
      if (output.at + maxLength(document.length, 'plain') > buffer.length) output.at = 0
      writer.readFrom(document)
      writer.document(0, false)
    }
  }
}

function overObjects() {
  return () => {
    for (const document of documents) JSON.stringify(BSON.deserialize(document))
  }
}

function order(index: number) {
  return {
    _id: new ObjectId(),
    tenant: `tenant-${index % 50}`,
    name: `John Döe ${index}`,
    email: `john${index}@example.com`,
    age: new Int32(index % 90),
    score: index * 1.37 + 0.11,
    views: Long.fromString('9007199254740993'),
    visits: Long.fromNumber(1e6 + index),
    created_at: new Date(1.7e12 + index * 1000),
    updated_at: new Date(1.71e12 + index * 977),
    active: index % 2 === 0,
    deleted: null,
    rank: index,
    price: (index % 10_000) / 100,
    session: new UUID(),
    tags: ['a', 'bb', 'ccc'],
    address: { street: '123 Main St', city: 'New York', geo: { lat: 40.7128, lng: -74.006 } },
    items: [{ sku: 'A1', qty: new Int32(2), p: 9.99 }],
    currency: 'EUR',
    note: 'Lorem ipsum dolor sit amet, "quoted" text and\nnew lines, consectetur adipiscing elit, sed do',
  }
}
