import type { HttpResponse } from './http.js'
import type { Page } from './page.js'
import type { Format, Path, RecordsPlan } from './plan.js'

export interface PageReader {
  /** @throws SourceError when the body is not what the format says or has no records at their path. */
  read(response: HttpResponse): Page
  /** What `auto` turned out to mean, once a page was read: to be frozen in the catalog. */
  found(): { readonly records: string; readonly format: Exclude<Format, 'auto'> } | undefined
}

export interface PageReaderOptions {
  readonly stream: string
  readonly records: RecordsPlan
  readonly format: Format
  /** Fields of records that somebody will ask for: keys, cursors, what children need. */
  readonly wanted: readonly Path[]
}
