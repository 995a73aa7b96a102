import { SourceError } from '../../singer/errors.js'
import { pathText } from '../settings/path.js'
import type { BodyText } from './body-text.js'
import { guessRecords } from './find-records.js'
import { findAt } from './json-page.js'
import { findByQuery, type Query } from './json-query.js'
import { checkText } from './json-scan.js'
import { treeOf } from './json-tree.js'
import { noRecords } from './no-records.js'
import type { Page } from './page.js'
import { RecordScanner } from './record-scan.js'
import { type RecordsPath, recordsPath } from './records-path.js'
import { SpanPage } from './span-page.js'
import type { Wanted } from './wanted.js'

export interface JsonReaderOptions {
  readonly stream: string
  /** Undefined: guessed from the first body that shows it, and kept. */
  readonly path: RecordsPath | undefined
  readonly isOptional: boolean
  readonly wanted: Wanted
  /** Needed when the path is a query. */
  readonly query: Query | undefined
}

export class JsonReader {
  readonly #options: JsonReaderOptions
  #path: RecordsPath | undefined

  constructor(options: JsonReaderOptions) {
    this.#options = options
    this.#path = options.path
  }

  /** Undefined as long as no body has shown it. */
  get path(): RecordsPath | undefined {
    return this.#path
  }

  /** @throws JsonError, SourceError */
  read(text: BodyText): Page {
    const { bytes, begin } = text
    const path = this.#path ?? this.#guess(text)
    const scanner = new RecordScanner(bytes, this.#options.wanted)
    const found = this.#find(scanner, path, begin)
    if (found.kind === 'records') return new SpanPage({ bytes, begin, spans: scanner.spans, cuts: found.cuts })
    if (found.kind !== 'missing' || !this.#options.isOptional) throw noRecords(text, path, found)
    return new SpanPage({ bytes, begin, spans: scanner.spans, cuts: [] })
  }

  #find(scanner: RecordScanner, path: RecordsPath, begin: number) {
    if (path.kind === 'names') return findAt(scanner, path.names, begin)
    const { query } = this.#options
    if (query === undefined) throw new SourceError(`cannot be searched with ${path.text}: no JSONPath was loaded`)
    checkText(scanner.bytes, begin)
    return findByQuery(scanner, path, { begin, query })
  }

  #guess({ bytes, begin }: BodyText): RecordsPath {
    checkText(bytes, begin)
    const guess = guessRecords(treeOf(bytes, begin).root, this.#options.stream)
    const path = recordsPath(pathText(guess.path))
    if (guess.isSure) this.#path = path
    return path
  }
}
