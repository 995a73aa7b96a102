import { expect } from 'chai'
import fc from 'fast-check'
import { type Json, jsonText } from '../../singer/index.js'
import { boundaryRows, Head, type Position, Tail } from '../../tap-mysql/boundary.js'
import { keyOrder } from '../../tap-mysql/key-order.js'
import { recordReader } from '../../tap-mysql/record-lines.js'
import type { RowBlock } from '../../tap-mysql/rows.js'
import { columnLike } from './columns.js'

type Row = { readonly k: Json; readonly note: string }

const prefix = Buffer.from('{"type":"RECORD","stream":"s","record":{')
const columns = ['note', 'k'].map((name) => ({ name, encode: () => true }))

/** Versions and times differ from query to query: they belong to no row. */
function block(rows: readonly Row[], version = 1): RowBlock {
  const suffix = `},"version":${version},"time_extracted":"2026-01-01T00:00:00.000Z"}\n`
  const lines = rows.map(({ k, note }) => `${prefix}"note":${jsonText(note)},"k":${jsonText(k)}${suffix}`)
  return { lines: Buffer.from(lines.join('')), count: rows.length }
}

const suffix = Buffer.from('},"version":1,"time_extracted":"2026-01-01T00:00:00.000Z"}\n')
const reader = recordReader({ columns, prefix, suffix })

function options(dataType = 'int', lookback = 0) {
  return { reader, order: keyOrder(columnLike({ name: 'k', dataType })), column: 'k', lookback }
}

/** One run: all rows in blocks of `size`; what was sent, and the position for the next run. */
function run(rows: readonly Row[], from: Position | undefined, size: number, settings = options()) {
  const head = new Head(from, settings)
  const tail = new Tail(settings)
  const sent: string[] = []
  for (let i = 0; i < rows.length; i += size) {
    const whole = block(rows.slice(i, i + size), 2)
    tail.note(whole)
    const { lines, count } = head.unsent(whole)
    const found = lines.toString().split('\n').slice(0, -1)
    expect(count).to.equal(found.length)
    sent.push(...found.map((line) => JSON.parse(line).record.note))
  }
  return { sent, position: tail.position ?? from }
}

const row = (k: Json, note: string): Row => ({ k, note })

describe('tap-mysql boundary', () => {
  const first = [row(1, 'a'), row(2, 'b'), row(2, 'c')]
  const cases: readonly [string, readonly Row[], readonly string[]][] = [
    ['nothing new', [row(2, 'b'), row(2, 'c')], []],
    ['a later row', [row(2, 'b'), row(2, 'c'), row(3, 'd')], ['d']],
    ['a new row with the same value', [row(2, 'b'), row(2, 'c'), row(2, 'd')], ['d']],
    ['a row changed under the same value', [row(2, 'b2'), row(2, 'c')], ['b2']],
    ['an equal row more', [row(2, 'b'), row(2, 'b'), row(2, 'c')], ['b']],
    ['a row gone', [row(2, 'c')], []],
    ['all rows gone', [], []],
  ]
  for (const [title, rows, wanted] of cases) {
    for (const size of [1, 2, 100]) {
      it(`${title}: sends ${wanted.length} (blocks of ${size})`, () => {
        const { position } = run(first, undefined, size)
        expect(run(rows, position, size).sent).to.deep.equal(wanted)
      })
    }
  }

  it('holds one hash for each row at the last value, however the blocks fall', () => {
    for (const size of [1, 2, 3]) {
      const { position } = run(first, undefined, size)
      expect(position?.value).to.equal(2)
      expect(position?.hashes).to.have.length(2)
    }
  })

  it('never loses a row and never repeats an unchanged one, over many runs', () => {
    const change = fc.record({ key: fc.nat(4), note: fc.constantFrom('x', 'y', 'z') })
    const runs = fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 6 })
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 4 }), (batches, size) => {
        const table: Row[] = []
        const sent: string[] = []
        let position: Position | undefined
        let newest = 0
        for (const batch of batches) {
          for (const { key, note } of batch) {
            newest = Math.max(newest, key)
            table.push(row(newest, note))
          }
          const from = position?.value
          const due = table.filter(({ k }) => from === undefined || Number(k) >= Number(from))
          const result = run(due, position, size)
          sent.push(...result.sent)
          position = result.position
        }
        expect(sent).to.have.members(table.map(({ note }) => note))
      }),
    )
  })

  it('takes no note of rows without a value in the key', () => {
    expect(run([row(null, 'a')], undefined, 1).position).to.equal(undefined)
    expect(run([row(null, 'a'), row(1, 'b'), row(null, 'c')], undefined, 1).position).to.deep.include({ value: 1 })
  })

  const many = Array.from({ length: boundaryRows + 1 }, (_, i) => row(7, `n${i}`))
  it(`keeps ${boundaryRows} rows`, () => {
    const rows = many.slice(1)
    const { position } = run(rows, undefined, 999)
    expect(position?.hashes).to.have.length(boundaryRows)
    expect(run(rows, position, 777).sent).to.have.length(0)
  })

  it('keeps none of more, and sends the group again', () => {
    const { position } = run(many, undefined, 999)
    expect(position).to.deep.equal({ value: 7 })
    expect(run(many, position, 777).sent).to.have.length(many.length)
    const later = run([...many, row(8, 'z')], undefined, 999)
    expect(later.position?.hashes).to.have.length(1)
  })

  describe('with a lookback', () => {
    const settings = options('int', 5)
    const rows = [row(1, 'a'), row(6, 'b'), row(8, 'c'), row(11, 'd')]

    it('remembers the rows of the whole window', () => {
      for (const size of [1, 3, 10]) expect(run(rows, undefined, size, settings).position?.hashes).to.have.length(3)
    })

    it('sends what is new or changed in the window, and nothing else', () => {
      const { position } = run(rows, undefined, 2, settings)
      const next = [row(6, 'b'), row(7, 'late'), row(8, 'c2'), row(11, 'd'), row(12, 'e')]
      expect(run(next, position, 2, settings).sent).to.deep.equal(['late', 'c2', 'e'])
    })
  })

  describe('with a key of strings', () => {
    const settings = options('varchar')

    it('takes values for equal that a collation may take for equal', () => {
      const rows = [row('A', '1'), row('a ', '2'), row('Á', '3')]
      const { position } = run(rows, undefined, 2, settings)
      expect(run(rows, position, 2, settings).sent).to.deep.equal([])
    })
  })
})
