import { expect } from 'chai'
import { dialectOf } from '../../target-s3-csv/csv.js'
import type { Rows } from '../../target-s3-csv/scan.js'
import { createScanner } from '../../target-s3-csv/scanner.js'
import { defaults, lines, record, schema } from './scanning.js'

const log = { debug() {}, info() {}, warning() {}, critical() {}, redact() {} }

describe('target-s3-csv: rows', () => {
  const scannerOf = (options: object) => createScanner({ ...defaults, log, dialect: dialectOf({}), ...options })
  const table = schema('s', { id: {}, text: {} })
  const many = (count: number) =>
    lines(...Array.from({ length: count }, (_, id) => record('s', { id, text: 'x'.repeat(100) })))

  it('want to be taken from a size on, and hold their bytes until then', () => {
    const scanner = scannerOf({ rowsBytes: 100_000 })
    const taken: { bytes: number; count: number }[] = []
    for (const event of scanner.scan(Buffer.from(`${table}\n${many(5000)}`))) {
      if (event.type !== 'ROWS') continue
      expect(event.rows.bytes).to.be.within(100_000, 100_200)
      const { bytes, count } = event.rows.take()
      expect([event.rows.bytes, event.rows.count]).to.deep.equal([0, 0])
      taken.push({ bytes: bytes.length, count })
      scanner.release(bytes)
    }
    const [rest] = [...scanner.tables].flatMap((each) => [...each.pending()])
    expect(taken.length).to.equal(5)
    expect(taken.reduce((sum, { count }) => sum + count, rest?.count ?? 0)).to.equal(5000)
  })

  it('want to be taken from a number on, which the taker may change', () => {
    const scanner = scannerOf({ rowsCount: 3 })
    const counts: number[] = []
    for (const event of scanner.scan(Buffer.from(`${table}\n${many(11)}`))) {
      if (event.type !== 'ROWS') continue
      counts.push(event.rows.take().count)
      event.rows.limit = counts.length + 1
    }
    expect(counts).to.deep.equal([3, 2, 3])
  })

  it('may stay: nothing of them is lost', () => {
    const scanner = scannerOf({ rowsBytes: 1000 })
    const found: Rows[] = []
    for (const event of scanner.scan(Buffer.from(`${table}\n${many(3000)}`)))
      if (event.type === 'ROWS') found.push(event.rows)
    const [rows] = new Set(found)
    const { bytes, count } = rows?.take() ?? { bytes: Buffer.alloc(0), count: 0 }
    expect(count).to.equal(3000)
    expect(bytes.toString().split('\n')).to.have.length(3001)
  })

  it('own the bytes that were taken until they are released', () => {
    const scanner = scannerOf({ rowsBytes: 1000 })
    const taken: { bytes: Buffer; text: string }[] = []
    for (const event of scanner.scan(Buffer.from(`${table}\n${many(1000)}`))) {
      if (event.type !== 'ROWS') continue
      const { bytes } = event.rows.take()
      taken.push({ bytes, text: bytes.toString() })
    }
    for (const { bytes, text } of taken) expect(bytes.toString()).to.equal(text)
  })

  it('of many streams do not take the memory of many full buffers', () => {
    const scanner = scannerOf({ rowsBytes: 8 << 20 })
    const streams = Array.from({ length: 300 }, (_, n) =>
      lines(schema(`s${n}`, { id: {} }), record(`s${n}`, { id: n })),
    )
    const before = process.memoryUsage().arrayBuffers
    expect([...scanner.scan(Buffer.from(streams.join('')))]).to.have.length(300)
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(32 << 20)
    expect([...scanner.tables]).to.have.length(300)
  })
})
