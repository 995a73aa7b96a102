import { expect } from 'chai'
import fc from 'fast-check'
import { LineBuffer } from '../../singer/line-buffer.js'

/** Puts the bytes in, a chunk at a time, and collects what comes out; each run is looked at before the next is asked for. */
function lines(bytes: Buffer, sizes: Iterable<number>): Buffer[] {
  const buffer = new LineBuffer()
  const runs: Buffer[] = []
  let at = 0
  for (const size of sizes) {
    const count = bytes.copy(buffer.space(), 0, at, at + size)
    at += count
    const run = buffer.added(count)
    if (run) runs.push(Buffer.from(run))
  }
  const rest = buffer.rest()
  return rest ? [...runs, rest] : runs
}

const always = function* (size: number, total: number) {
  for (let at = 0; at < total; at += size) yield size
}

describe('a line buffer', () => {
  const rows: [what: string, text: string, expected: string][] = [
    ['nothing', '', ''],
    ['one line', 'a\n', 'a\n'],
    ['a last line without an end', 'a\nb', 'a\nb\n'],
    ['blank lines', '\n\n', '\n\n'],
    ['carriage returns stay', 'a\r\nb\r\n', 'a\r\nb\r\n'],
    ['other line ends of Unicode are no ends', 'a\u2028b\u2029c\u0085d\u000be\n', 'a\u2028b\u2029c\u0085d\u000be\n'],
  ]
  for (const [what, text, expected] of rows) {
    for (const size of [1, 2, 100]) {
      it(`${what}, ${size} bytes at a time`, () => {
        const bytes = Buffer.from(text)
        expect(Buffer.concat(lines(bytes, always(size, bytes.length))).toString()).to.equal(expected)
      })
    }
  }

  it('gives every byte once, in order, in runs of whole lines, whatever the chunks', () => {
    const texts = fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(texts, fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1 }), (lengths, sizes) => {
        const text = Buffer.from(
          lengths.map((length, i) => String.fromCharCode(97 + (i % 26)).repeat(length)).join('\n'),
        )
        const repeated = function* () {
          for (let sum = 0, i = 0; sum < text.length; i++) {
            const size = sizes[i % sizes.length] ?? 1
            sum += size
            yield size
          }
        }
        const runs = lines(text, repeated())
        for (const run of runs) expect(run.at(-1)).to.equal(10)
        const end = text.length > 0 && text.at(-1) !== 10 ? '\n' : ''
        expect(Buffer.concat(runs).equals(Buffer.concat([text, Buffer.from(end)]))).to.equal(true)
      }),
      { numRuns: 50 },
    )
  })

  it('keeps a run as it is while the next bytes come in', () => {
    const buffer = new LineBuffer()
    const put = (text: string) => buffer.added(Buffer.from(text).copy(buffer.space()))
    const first = put(`${'a'.repeat(60_000)}\nrest`)
    const copy = Buffer.from(first ?? '')
    for (let i = 0; i < 40; i++) expect(put('b'.repeat(60_000))).to.equal(undefined)
    expect(first?.equals(copy)).to.equal(true)
    expect(put('\n')?.toString()).to.equal(`rest${'b'.repeat(40 * 60_000)}\n`)
  })

  it('is of the usual size again after a long line', () => {
    const buffer = new LineBuffer()
    const long = Buffer.alloc(60_000, 'x')
    for (let i = 0; i < 300; i++) buffer.added(long.copy(buffer.space()))
    const largest = buffer.space().length
    buffer.added(Buffer.from('\n').copy(buffer.space()))
    expect(largest).to.be.greaterThan(1 << 20)
    expect(buffer.space().length).to.be.at.most(1 << 20)
  })
})
