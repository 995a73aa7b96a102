import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

export type ChecksumName = 'CRC32' | 'SHA1' | 'SHA256'

/** One of S3's checksums, in the base64 form of its headers. */
export interface Checksum {
  readonly name: ChecksumName
  of(bytes: Buffer): string
  /** Of a whole object that was uploaded in parts. */
  composite(parts: readonly string[]): string
}

const digests: Record<ChecksumName, (bytes: Buffer) => Buffer> = {
  CRC32(bytes) {
    const digest = Buffer.allocUnsafe(4)
    digest.writeUInt32BE(crc32(bytes))
    return digest
  },
  SHA1: (bytes) => createHash('sha1').update(bytes).digest(),
  SHA256: (bytes) => createHash('sha256').update(bytes).digest(),
}

export function checksum(name: ChecksumName): Checksum {
  const digest = digests[name]
  return {
    name,
    of: (bytes) => digest(bytes).toString('base64'),
    composite(parts) {
      const all = Buffer.concat(parts.map((part) => Buffer.from(part, 'base64')))
      return `${digest(all).toString('base64')}-${parts.length}`
    },
  }
}

/** The ETag of an unencrypted object: MD5 in hexadecimal. */
export function etagOf(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex')
}

/** The ETag of an unencrypted object that was uploaded in parts. */
export function compositeEtag(parts: readonly string[]): string {
  return `${etagOf(Buffer.concat(parts.map((part) => Buffer.from(part.replaceAll('"', ''), 'hex'))))}-${parts.length}`
}
