import { promisify } from 'node:util'
import * as zlib from 'node:zlib'

export type CompressionName = 'none' | 'gzip' | 'zstd'

/** Turns runs of CSV into members, one after the other a whole object: what may be cut anywhere between two members. */
export interface Compression {
  readonly name: CompressionName
  /** After the name of an object: '', '.gz', '.zst'. */
  readonly suffix: string
  readonly contentType: string
  /** How many bytes of CSV make a good member. */
  readonly memberBytes: number
  /** Compresses in the pool of libuv; the same bytes where nothing is compressed. */
  encode(bytes: Buffer): Buffer | Promise<Buffer>
}

type Compress = (bytes: Buffer, options: object) => Promise<Buffer>

const gzip = promisify(zlib.gzip) as Compress
// node:zlib has zstd from 22.15 and 23.8 on.
const { zstdCompress, constants } = zlib as unknown as {
  zstdCompress?: (bytes: Buffer, options: object, done: (problem: Error | null, bytes: Buffer) => void) => void
  constants: { ZSTD_c_compressionLevel: number }
}

export const hasZstd = zstdCompress !== undefined

/** One output buffer per member: each smaller one is another turn through the pool. */
const chunkSize = 1 << 20

/** `level`: 1–9 (gzip, 1 by default), 1–19 (zstd, 3 by default). */
export function createCompression(name: CompressionName, level?: number): Compression {
  switch (name) {
    case 'none':
      return { name, suffix: '', contentType: 'text/csv', memberBytes: 1 << 20, encode: (bytes) => bytes }
    case 'gzip': {
      const options = { level: level ?? 1, memLevel: 9, chunkSize }
      const encode = (bytes: Buffer) => gzip(bytes, options)
      return { name, suffix: '.gz', contentType: 'application/gzip', memberBytes: 2 << 20, encode }
    }
    case 'zstd': {
      if (!zstdCompress) throw new Error('this Node has no zstd')
      const compress = promisify(zstdCompress) as Compress
      const options = { chunkSize, params: { [constants.ZSTD_c_compressionLevel]: level ?? 3 } }
      const encode = (bytes: Buffer) => compress(bytes, options)
      return { name, suffix: '.zst', contentType: 'application/zstd', memberBytes: 2 << 20, encode }
    }
  }
}
