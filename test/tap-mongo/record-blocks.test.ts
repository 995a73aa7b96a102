import { setTimeout as sleep } from 'node:timers/promises'
import { type Document, ObjectId } from 'bson'
import { expect } from 'chai'
import { asObject } from '../../singer/json.js'
import type { Message, RecordLines } from '../../singer/messages.js'
import { type RecordWriter, sampledSchema } from '../../tap-mongo/record-writer.js'
import { configOf } from './given-config.js'
import { bsonOf, recordIn, schemaIn, writerOf, written } from './writing.js'

const kib = 1024
const schema = sampledSchema([bsonOf({ a: 'x' })], configOf())
const ofLength = (length: number) => bsonOf({ a: 'x'.repeat(length) })

describe('blocks of RECORD lines', () => {
  it('hold about 512 KiB', () => {
    const sizes = blocksOf(writerOf({ schema }), documents(2000, kib)).map(({ lines }) => lines.length)
    // Those behind a pause of a busy machine are smaller.
    expect(sizes[0]).to.be.within(510 * kib, 514 * kib)
    expect(Math.max(...sizes)).to.be.at.most(514 * kib)
    expect(sizes.length).to.be.at.least(4)
  })

  it('hold 64 KiB for a reader who takes his time', async () => {
    const sizes: number[] = []
    for (const block of writerOf({ schema }).write(documents(3000, kib))) {
      sizes.push(block.type === 'RECORD_LINES' ? block.lines.length : 0)
      if (sizes.length <= 3) await sleep(60)
    }
    expect(sizes[0]).to.be.greaterThan(510 * kib)
    for (const size of sizes.slice(1, 4)) expect(size).to.be.within(62 * kib, 66 * kib)
    expect(Math.max(...sizes.slice(4)), 'once he hurries again').to.be.greaterThan(200 * kib)
  })

  it('hold one document alone that is larger', () => {
    const pages = [ofLength(5), ofLength(3_000_000), ofLength(6), ofLength(15_000_000), ofLength(700_000), ofLength(7)]
    const blocks = blocksOf(writerOf({ schema }), pages)
    expect(blocks.map(({ count }) => count)).to.deep.equal([1, 1, 1, 1, 1, 1])
    expect(blocks.map(({ lines }) => recordIn(lines)?.length)).to.deep.equal([
      13, 3_000_008, 14, 15_000_008, 700_008, 15,
    ])
  })

  it('stay as they are until two more messages have been pulled', () => {
    const writer = writerOf({ schema })
    let held: { lines: Buffer; copy: string }[] = []
    let count = 0
    for (const size of [kib, 300 * kib, 3_000_000, kib]) {
      for (const block of writer.write([...documents(600, size === kib ? kib : 10), ofLength(size)])) {
        for (const { lines, copy } of held) expect(lines.toString('latin1') === copy, String(count)).to.equal(true)
        if (block.type !== 'RECORD_LINES') throw new Error('a SCHEMA')
        held = [...held, { lines: block.lines, copy: block.lines.toString('latin1') }].slice(-1)
        count++
      }
    }
    expect(count).to.be.greaterThan(5)
  })

  it('stay as they are, too, when streams take turns', () => {
    const streams = [writerOf({ schema }), writerOf({ schema })].map((writer) => writer.write(documents(1500, kib)))
    let held = { lines: Buffer.alloc(0), copy: '' }
    let count = 0
    for (let turn = 0; turn < 8; turn++) {
      for (const stream of streams) {
        const { value } = stream.next()
        expect(held.lines.toString('latin1') === held.copy, String(count)).to.equal(true)
        if (value?.type !== 'RECORD_LINES') continue
        held = { lines: value.lines, copy: value.lines.toString('latin1') }
        count++
      }
    }
    expect(count).to.be.at.least(6)
  })
})

describe('documents that know no bounds', () => {
  it('maps become one column, whatever their keys are', () => {
    const pages = Array.from({ length: 40 }, () => {
      return Array.from({ length: 60 }, () => ({ m: { [new ObjectId().toHexString()]: { n: 1 } } }))
    })
    const { lines, writer } = written({}, pages)
    expect(writer.widened).to.equal(1)
    expect(lines.filter(recordIn)).to.have.lengthOf(2400)
    const { m } = asObject(lines.map(schemaIn).findLast((found) => found !== undefined)?.properties)
    expect(asObject(m)).to.not.have.property('properties')
    expect(Object.keys(asObject(asObject(asObject(m).additionalProperties).properties))).to.deep.equal(['n'])
  })

  it('one with 10,000 fields', () => {
    const fields = Array.from({ length: 10_000 }, (_, i) => [`field ${i}`, i])
    const forth = Object.fromEntries(fields)
    const back = Object.fromEntries(fields.toReversed())
    const { lines, writer } = written({}, [
      [forth, back],
      [back, forth],
    ])
    expect(writer.widened).to.equal(1)
    const texts = [forth, back, back, forth].map((document) => JSON.stringify(document))
    expect(lines.flatMap((line) => recordIn(line) ?? [])).to.deep.equal(texts)
  })

  it('10,000, each with a field of its own', () => {
    const pages = Array.from({ length: 10 }, (_, page) => {
      return Array.from({ length: 1000 }, (__, i) => ({ [`field ${page * 1000 + i}`]: i }))
    })
    const { lines, writer } = written({}, pages)
    expect(writer.widened).to.equal(10)
    expect(lines.filter(recordIn)).to.have.lengthOf(10_000)
  })

  it('150 documents and arrays in each other', () => {
    let document: Document = { a: 1 }
    for (let i = 1; i < 100; i++) document = i % 2 ? { a: document } : { a: [document] }
    const { lines, writer } = written({}, [[document], [document]])
    expect(writer.widened).to.equal(1)
    expect(lines.flatMap((line) => recordIn(line) ?? [])).to.deep.equal([
      JSON.stringify(document),
      JSON.stringify(document),
    ])
  })
})

function documents(count: number, length: number): Buffer[] {
  return Array.from({ length: count }, () => ofLength(length - 100 > 0 ? length - 100 : length))
}

/** Copied, since they are used again. */
function blocksOf(writer: RecordWriter, given: readonly Buffer[]): { lines: string; count: number }[] {
  const blocks: { lines: string; count: number }[] = []
  for (const message of writer.write(given)) {
    const { lines, count } = asLines(message)
    blocks.push({ lines: lines.toString(), count })
  }
  return blocks
}

function asLines(message: Message | RecordLines): RecordLines {
  if (message.type !== 'RECORD_LINES') throw new Error(`a ${message.type}`)
  return message
}
