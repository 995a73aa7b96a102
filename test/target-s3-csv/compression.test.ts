import { execFileSync } from 'node:child_process'
import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import { createCompression, hasZstd } from '../../target-s3-csv/compression.js'

const csv = Buffer.from('id,name\n'.repeat(40_000))

describe('compression', () => {
  it('none gives the same bytes', () => {
    expect(createCompression('none').encode(csv)).to.equal(csv)
  })

  for (const level of [1, 6, 9]) {
    it(`gzip ${level}: several members are one file for node, gzip and Python`, async () => {
      const { encode } = createCompression('gzip', level)
      const file = Buffer.concat(await Promise.all([encode(csv), encode(Buffer.from('last\n'))]))
      const whole = Buffer.concat([csv, Buffer.from('last\n')])
      expect(gunzipSync(file).equals(whole)).to.equal(true)
      expect(execFileSync('gzip', ['-dc'], { input: file }).equals(whole)).to.equal(true)
      const python = 'import sys,gzip; sys.stdout.buffer.write(gzip.decompress(sys.stdin.buffer.read()))'
      expect(execFileSync('python3', ['-c', python], { input: file }).equals(whole)).to.equal(true)
    })
  }

  it('a higher level makes less of it', async () => {
    const varied = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `${i},${i * 7919},name ${i % 97}\n`).join(''))
    const [fast, small] = await Promise.all([
      createCompression('gzip', 1).encode(varied),
      createCompression('gzip', 9).encode(varied),
    ])
    expect(small.length).to.be.below(fast.length)
  })

  // Of several frames in one file node:zlib reads only the first; zstd and DuckDB read all.
  it('zstd is there where node:zlib has it', async () => {
    if (!hasZstd) {
      expect(() => createCompression('zstd')).to.throw('no zstd')
      return
    }
    const zlib = (await import('node:zlib')) as unknown as { zstdDecompressSync(bytes: Buffer): Buffer }
    const { encode } = createCompression('zstd')
    for (const frame of [await encode(csv), await encode(csv)]) {
      expect(zlib.zstdDecompressSync(frame).equals(csv)).to.equal(true)
    }
  })
})
