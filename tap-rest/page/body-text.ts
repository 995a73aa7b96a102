import { isUtf8 } from 'node:buffer'
import { SourceError } from '../../singer/errors.js'
import type { HttpResponse } from '../http/http.js'

/** UTF-8. `begin`: after a byte order mark, if there is one. */
export interface BodyText {
  readonly bytes: Buffer
  readonly begin: number
}

/** @throws SourceError when the body is no text of its character set. */
export function bodyText(response: HttpResponse): BodyText {
  const bytes = isUtf8(response.body) ? response.body : recoded(response)
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return { bytes, begin: isMarked ? 3 : 0 }
}

/** From the character set that the content type names. */
function recoded({ body, headers }: HttpResponse): Buffer {
  const { 'content-type': type = '' } = headers
  const [, charset = 'utf-8'] = /;\s*charset="?([^\s";,]+)/i.exec(type) ?? []
  if (/^(utf-?8|us-ascii)$/i.test(charset)) throw new SourceError(`is no UTF-8, at byte ${invalidAt(body)}`)
  try {
    return Buffer.from(new TextDecoder(charset, { fatal: true }).decode(body))
  } catch (cause) {
    throw new SourceError(`is neither UTF-8 nor ${charset}, as its content type says`, { cause })
  }
}

/** The position of the first byte that is no UTF-8. */
function invalidAt(bytes: Buffer): number {
  let i = 0
  while (i < bytes.length) {
    const lead = bytes[i] ?? 0
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    if (length > 1 && !isUtf8(bytes.subarray(i, i + length))) return i
    i += length
  }
  return i
}
