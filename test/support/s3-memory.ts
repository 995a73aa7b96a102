import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export type Operation =
  | 'PutObject'
  | 'HeadObject'
  | 'GetObject'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'ListMultipartUploads'
  | 'Other'

export interface StoredObject {
  readonly body: Buffer
  readonly etag: string
  /** Of the request that made it: PutObject or CreateMultipartUpload. */
  readonly headers: IncomingMessage['headers']
}

export interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

interface Call {
  readonly operation: Operation
  readonly key: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

interface Upload {
  readonly key: string
  readonly initiated: Date
  readonly headers: IncomingMessage['headers']
  readonly parts: Map<number, Buffer>
}

/** Path-style requests only: `/bucket/key`. */
export function operationOf(request: IncomingMessage): { operation: Operation; key: string; query: URLSearchParams } {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const key = decodeURIComponent(url.pathname.split('/').slice(2).join('/'))
  return { operation: named(request.method ?? '', url.searchParams), key, query: url.searchParams }
}

function named(method: string, query: URLSearchParams): Operation {
  const isPart = query.has('uploadId')
  switch (method) {
    case 'PUT':
      return isPart ? 'UploadPart' : 'PutObject'
    case 'POST':
      return isPart ? 'CompleteMultipartUpload' : query.has('uploads') ? 'CreateMultipartUpload' : 'Other'
    case 'DELETE':
      return isPart ? 'AbortMultipartUpload' : 'Other'
    case 'HEAD':
      return 'HeadObject'
    case 'GET':
      return query.has('uploads') ? 'ListMultipartUploads' : 'GetObject'
    default:
      return 'Other'
  }
}

export const errorXml = (code: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code} by rule</Message></Error>`

const failed = (status: number, code: string): Answer => ({ status, body: errorXml(code) })

/** The operations of one bucket, without any fault: parts, conditions and ETags as S3 documents them. */
export function memoryBucket() {
  const objects = new Map<string, StoredObject>()
  const uploads = new Map<string, Upload>()
  let uploadsMade = 0

  const isTaken = (call: Call): boolean => call.headers['if-none-match'] === '*' && objects.has(call.key)

  function complete(call: Call): Answer {
    const id = call.query.get('uploadId') ?? ''
    const upload = uploads.get(id)
    if (!upload) return failed(404, 'NoSuchUpload')
    if (isTaken(call)) return failed(412, 'PreconditionFailed')
    const numbers = [...call.body.toString().matchAll(/<PartNumber>(\d+)/g)].map((match) => Number(match[1]))
    const parts = numbers.map((number) => upload.parts.get(number))
    if (parts.includes(undefined)) return failed(400, 'InvalidPart')
    const body = Buffer.concat(parts.filter((part) => part !== undefined))
    const etag = `"${md5(Buffer.from(parts.map((part) => md5(part ?? Buffer.alloc(0))).join(''), 'hex'))}-${numbers.length}"`
    objects.set(call.key, { body, etag, headers: upload.headers })
    uploads.delete(id)
    return { status: 200, body: `<CompleteMultipartUploadResult><ETag>${etag}</ETag></CompleteMultipartUploadResult>` }
  }

  function perform(call: Call): Answer {
    switch (call.operation) {
      case 'PutObject': {
        if (isTaken(call)) return failed(412, 'PreconditionFailed')
        const etag = `"${md5(call.body)}"`
        objects.set(call.key, { body: call.body, etag, headers: call.headers })
        return { status: 200, headers: { etag } }
      }
      case 'CreateMultipartUpload': {
        const id = `upload-${++uploadsMade}`
        uploads.set(id, { key: call.key, initiated: new Date(), headers: call.headers, parts: new Map() })
        const body = `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`
        return { status: 200, body }
      }
      case 'UploadPart': {
        const upload = uploads.get(call.query.get('uploadId') ?? '')
        if (!upload) return failed(404, 'NoSuchUpload')
        upload.parts.set(Number(call.query.get('partNumber')), call.body)
        return { status: 200, headers: { etag: `"${md5(call.body)}"` } }
      }
      case 'CompleteMultipartUpload':
        return complete(call)
      case 'AbortMultipartUpload':
        return uploads.delete(call.query.get('uploadId') ?? '') ? { status: 204 } : failed(404, 'NoSuchUpload')
      case 'ListMultipartUploads': {
        const found = [...uploads].filter(([, { key }]) => key.startsWith(call.query.get('prefix') ?? ''))
        const items = found.map(
          ([id, { key, initiated }]) =>
            `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${initiated.toISOString()}</Initiated></Upload>`,
        )
        return { status: 200, body: `<ListMultipartUploadsResult>${items.join('')}</ListMultipartUploadsResult>` }
      }
      case 'HeadObject':
      case 'GetObject': {
        const found = objects.get(call.key)
        if (!found) return failed(404, 'NoSuchKey')
        const headers = { etag: found.etag, 'content-length': String(found.body.length) }
        return { status: 200, headers, ...(call.operation === 'GetObject' && { body: found.body.toString('latin1') }) }
      }
      case 'Other':
        return failed(501, 'NotImplemented')
    }
  }

  return { objects, uploads, perform }
}

const md5 = (body: Buffer): string => createHash('md5').update(body).digest('hex')
