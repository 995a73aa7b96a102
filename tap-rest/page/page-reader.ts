import { ConfigError, SourceError } from '../../singer/errors.js'
import { JsonError } from '../../singer/json-syntax.js'
import type { HttpResponse } from '../http/http.js'
import type { Format, Path, RecordsPlan } from '../settings/plan.js'
import { type BodyText, bodyText } from './body-text.js'
import { csvLines, delimiterOf, type ParseCsv } from './csv.js'
import { formatOf, type KnownFormat, mediaType } from './format.js'
import type { Query } from './json-query.js'
import { skipSpace } from './json-scan.js'
import { scanLines } from './ndjson.js'
import type { Page } from './page.js'
import { JsonReader } from './read-json.js'
import { RecordScanner } from './record-scan.js'
import { type RecordsPath, recordsPath } from './records-path.js'
import { checkNoMarkup, emptyBody, jsonProblem, unknownFormat } from './refused-body.js'
import { SpanPage } from './span-page.js'
import { Wanted } from './wanted.js'

export interface PageReader {
  /** @throws SourceError when the body is not what the format says or has no records at their path. */
  read(response: HttpResponse): Page
  /** What `auto` turned out to mean, once a page was read that shows it: to be frozen in the catalog. */
  found(): { readonly records: string; readonly format: KnownFormat } | undefined
}

export interface PageReaderOptions {
  readonly stream: string
  readonly records: RecordsPlan
  readonly format: Format
  /** Fields of records that somebody will ask for: keys, cursors, what children need. */
  readonly wanted: readonly Path[]
}

/** Loads the parsers that the settings may need. @throws ConfigError when the path of the records is none. */
export async function openPageReader(options: PageReaderOptions): Promise<PageReader> {
  const { stream, records, format } = options
  const path = records.path === 'auto' ? undefined : recordsPath(records.path)
  const query = path?.kind === 'query' ? await loadQuery(stream, path) : undefined
  const parseCsv = format === 'auto' || format === 'csv' ? (await import('csv-parse/sync')).parse : undefined
  const wanted = Wanted.of(options.wanted)
  const json = new JsonReader({ stream, path, isOptional: records.isOptional, wanted, query })
  return new BodyReader(options, { wanted, json, parseCsv })
}

async function loadQuery(stream: string, { text, query: path }: RecordsPath & { kind: 'query' }): Promise<Query> {
  const { query } = await import('jsonpath-rfc9535')
  try {
    query(null, path)
    return query
  } catch (cause) {
    throw new ConfigError(`stream ${stream}: \`records: ${text}\` is neither a path nor JSONPath (RFC 9535)`, { cause })
  }
}

function isBody(path: RecordsPath): boolean {
  return path.kind === 'names' && path.names.length === 0
}

interface Readers {
  readonly wanted: Wanted
  readonly json: JsonReader
  readonly parseCsv: ParseCsv | undefined
}

class BodyReader implements PageReader {
  readonly #options: PageReaderOptions
  readonly #readers: Readers
  /** That of the first answer is that of all. */
  #format: KnownFormat | undefined

  constructor(options: PageReaderOptions, readers: Readers) {
    this.#options = options
    this.#readers = readers
    this.#format = options.format === 'auto' ? undefined : options.format
  }

  read(response: HttpResponse): Page {
    try {
      return this.#read(response)
    } catch (cause) {
      if (!(cause instanceof SourceError)) throw cause
      const { origin, pathname } = response.url
      throw new SourceError(`stream ${this.#options.stream}: the answer of ${origin}${pathname} ${cause.message}`, {
        cause,
      })
    }
  }

  found() {
    const format = this.#format
    const records = format === 'json' ? this.#readers.json.path?.text : '$'
    return format === undefined || records === undefined ? undefined : { records, format }
  }

  #read(response: HttpResponse): Page {
    const text = bodyText(response)
    const format = this.#format ?? formatOf(response, text)
    const start = skipSpace(text.bytes, text.begin)
    if (start === text.bytes.length) return this.#blank(response, format)
    checkNoMarkup(text.bytes, start, format)
    if (format === undefined) throw unknownFormat(mediaType(response))
    const page = this.#page(format, text, response)
    this.#format = format
    return page
  }

  #page(format: KnownFormat, text: BodyText, response: HttpResponse): Page {
    switch (format) {
      case 'json':
        return this.#json(text)
      case 'ndjson':
        return this.#lines(text)
      case 'csv':
        return this.#lines(this.#csv(text, mediaType(response)))
      default:
        return format satisfies never
    }
  }

  #json(text: BodyText): Page {
    try {
      return this.#readers.json.read(text)
    } catch (cause) {
      throw cause instanceof JsonError ? jsonProblem(cause, text.bytes) : cause
    }
  }

  #csv({ bytes, begin }: BodyText, type: string): BodyText {
    const { parseCsv } = this.#readers
    if (parseCsv === undefined) throw new SourceError('is CSV, which `format` does not say')
    const csv = bytes.subarray(begin)
    return { bytes: csvLines(csv, type.endsWith('tab-separated-values') ? '\t' : delimiterOf(csv), parseCsv), begin: 0 }
  }

  #lines({ bytes, begin }: BodyText): Page {
    const { path } = this.#options.records
    if (path !== 'auto' && !isBody(recordsPath(path))) {
      throw new SourceError(`has records in lines, and nothing at \`${path}\`: set \`records: $\``)
    }
    const scanner = new RecordScanner(bytes, this.#readers.wanted)
    scanLines(scanner, begin)
    return new SpanPage({ bytes, begin, spans: scanner.spans, cuts: undefined })
  }

  /** No content is no page of JSON, unless the status says so; without lines there are no records. */
  #blank({ status }: HttpResponse, format: KnownFormat | undefined): Page {
    const isExpected = status === 204 || status === 205 || format === 'ndjson' || format === 'csv'
    if (!isExpected && !this.#options.records.isOptional) throw emptyBody()
    const { spans } = new RecordScanner(Buffer.alloc(0), this.#readers.wanted)
    return new SpanPage({ bytes: Buffer.alloc(0), begin: 0, spans, cuts: undefined })
  }
}
