import { SourceError } from '../../singer/errors.js'
import type { HttpResponse } from '../../tap-rest/http/http.js'
import type { Page } from '../../tap-rest/page/page.js'
import { openPageReader, type PageReaderOptions } from '../../tap-rest/page/page-reader.js'

export interface Reading {
  readonly records?: string
  readonly isOptional?: boolean
  readonly format?: PageReaderOptions['format']
  readonly wanted?: PageReaderOptions['wanted']
  readonly stream?: string
}

export function reader({ records = '$', isOptional = false, format = 'json', wanted = [], stream = 's' }: Reading) {
  return openPageReader({ stream, records: { path: records, isOptional }, format, wanted })
}

export interface Answered {
  readonly type?: string
  readonly path?: string
  readonly status?: number
}

export function response(
  body: string | Buffer,
  { type, path = '/x?token=secret', status = 200 }: Answered = {},
): HttpResponse {
  const headers = type === undefined ? {} : { 'content-type': type }
  return { status, headers, url: new URL(path, 'https://api.example.com'), body: Buffer.from(body) }
}

export async function pageOf(body: string | Buffer, reading: Reading = {}): Promise<Page> {
  return (await reader(reading)).read(response(body))
}

export function records(page: Page): string[] {
  return Array.from({ length: page.count }, (_, i) => page.record(i).toString())
}

export function field(page: Page, index: number, wanted: number): string | undefined {
  return page.field(index, wanted)?.toString()
}

/** The message of the SourceError that reading throws. */
export async function refusal(read: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof read === 'function' ? read() : read)
  } catch (cause) {
    if (cause instanceof SourceError) return cause.message
    throw cause
  }
  throw new Error('it was read')
}
