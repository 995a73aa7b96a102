import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { SourceError } from '../../singer/index.js'

/** What a body is, and what it may become. */
export interface BodyFacts {
  readonly headers: Readonly<Partial<Record<string, string>>>
  readonly url: URL
  readonly maxBytes: number
}

/**
 * The whole body, decompressed. Reading ends as soon as it, or what it decompresses to, is longer than `maxBytes`.
 * @throws SourceError then; what the stream or node:zlib throws when the body breaks off.
 */
export async function readBody(stream: AsyncIterable<Buffer>, facts: BodyFacts): Promise<Buffer> {
  const body = await collect(stream, facts)
  const encoding = facts.headers['content-encoding']
  const plain = encoding === undefined || body.length === 0 ? body : await decode(body, encoding, facts)
  return isGzipFile(plain, facts) ? inflate(zlib.gunzip, plain, facts) : plain
}

/** In the order of preference; what this Node can decompress. */
export const acceptEncoding = 'zstdDecompress' in zlib ? 'zstd, br, gzip, deflate' : 'br, gzip, deflate'

async function collect(stream: AsyncIterable<Buffer>, facts: BodyFacts): Promise<Buffer> {
  const declared = Number(facts.headers['content-length'] ?? 0)
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    if (length > facts.maxBytes || declared > facts.maxBytes) throw tooLong(facts)
    chunks.push(chunk)
  }
  const [first] = chunks
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, length)
}

/** Encodings were applied from left to right. https://www.rfc-editor.org/rfc/rfc9110#section-8.4 */
async function decode(body: Buffer, encodings: string, facts: BodyFacts): Promise<Buffer> {
  let plain = body
  for (const encoding of encodings.toLowerCase().split(',').reverse()) {
    const inflator = inflatorOf(encoding.trim(), plain)
    if (inflator) plain = await inflate(inflator, plain, facts)
  }
  return plain
}

type Inflator = (body: Buffer, options: zlib.ZlibOptions, done: (problem: Error | null, plain: Buffer) => void) => void

function inflatorOf(encoding: string, body: Buffer): Inflator | undefined {
  switch (encoding) {
    case '':
    case 'identity':
      return undefined
    case 'gzip':
    case 'x-gzip':
      return zlib.gunzip
    case 'br':
      return zlib.brotliDecompress
    case 'deflate':
      return hasZlibHeader(body) ? zlib.inflate : zlib.inflateRaw
    case 'zstd':
      if ('zstdDecompress' in zlib) return zlib.zstdDecompress as Inflator
  }
  throw new SourceError(`the answer is encoded as ${encoding}, which is not among ${acceptEncoding}`)
}

/** Some servers send `deflate` without its header. https://www.rfc-editor.org/rfc/rfc1950#section-2.2 */
function hasZlibHeader(body: Buffer): boolean {
  return body.length > 1 && ((body[0] ?? 0) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0
}

function isGzipFile(body: Buffer, { headers, url }: BodyFacts): boolean {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return false
  return /^application\/(x-)?gzip\b/i.test(headers['content-type'] ?? '') || url.pathname.endsWith('.gz')
}

async function inflate(inflator: Inflator, body: Buffer, facts: BodyFacts): Promise<Buffer> {
  try {
    return await promisify(inflator)(body, { maxOutputLength: facts.maxBytes, chunkSize: 1 << 16 })
  } catch (problem) {
    if (problem instanceof Error && 'code' in problem && problem.code === 'ERR_BUFFER_TOO_LARGE') throw tooLong(facts)
    throw problem
  }
}

function tooLong({ maxBytes }: BodyFacts): SourceError {
  return new SourceError(
    `the answer is longer than ${maxBytes} bytes; ask for smaller pages, or raise max_response_bytes`,
  )
}
