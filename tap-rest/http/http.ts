import type { Json } from '../../singer/index.js'

export interface HttpRequest {
  readonly method: string
  /** Complete, with its query. */
  readonly url: URL
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: RequestBody
}

/** Encoded when it is sent: until then paging may set a value in it. */
export interface RequestBody {
  readonly type: BodyType
  readonly value: Json
}

export type BodyType = 'json' | 'form' | 'raw'

export interface HttpResponse {
  readonly status: number
  /** Names in lower case; of several lines of one name the values, joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Where it came from in the end, after redirects: relative links resolve against it. */
  readonly url: URL
  /** Complete, decompressed, no longer than `max_response_bytes`. */
  readonly body: Buffer
}
