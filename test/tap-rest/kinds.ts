import { gzipSync } from 'node:zlib'
import { type Api, type ApiOptions, type Fault, type FaultRule, startApi } from '../support/api-server.js'
import { type Ran, run } from './running.js'

interface Kind {
  readonly path: string
  readonly records: string
  readonly paginate: string | object
  readonly method?: string
  readonly body?: object
}

/** Each kind of paging as settings say it, with its path of the fake API; each path stands once. */
export const kinds: Readonly<Record<string, Kind>> = {
  none: { path: '/all', records: '$', paginate: 'none' },
  link: { path: '/link', records: '$', paginate: 'link' },
  next: { path: '/next', records: 'results', paginate: { kind: 'next', path: 'next' } },
  next_relative: { path: '/next-relative', records: 'results', paginate: 'next' },
  odata: { path: '/odata', records: 'value', paginate: 'next' },
  cursor: { path: '/cursor', records: 'data', paginate: { kind: 'cursor', from: 'next_cursor', param: 'cursor' } },
  cursor_header: {
    path: '/offset-header',
    records: '$',
    paginate: { kind: 'cursor', header: 'X-Next-Offset', param: 'offset' },
  },
  last_id: {
    path: '/last-id',
    records: 'data',
    paginate: { kind: 'cursor', last: 'id', param: 'starting_after', has_more: 'has_more' },
  },
  graphql: {
    path: '/graphql',
    method: 'POST',
    body: { query: 'query ($after: String) {{ items(after: $after) {{ nodes {{ id }} }} }}', variables: {} },
    records: 'data.items.nodes',
    paginate: {
      kind: 'cursor',
      from: 'data.items.pageInfo.endCursor',
      body: 'variables.after',
      has_more: 'data.items.pageInfo.hasNextPage',
    },
  },
  page: { path: '/page', records: 'data', paginate: { kind: 'page', total_pages: 'total_pages' } },
  page_bare: { path: '/page-bare', records: '$', paginate: 'page' },
  page_repeats: { path: '/page-repeats', records: '$', paginate: 'page' },
  page_body: {
    path: '/page-body',
    method: 'POST',
    body: { all: true },
    records: 'data',
    paginate: { kind: 'page', body: 'page.number' },
  },
  offset: { path: '/offset', records: 'items', paginate: { kind: 'offset', limit: 3, total: 'total' } },
  offset_bare: { path: '/offset-bare', records: '$', paginate: { kind: 'offset', limit: 3 } },
}

/** Nothing is asked before the first page, and waits are short. */
export const eager = {
  primary_key: 'id',
  schema: { type: 'object', properties: { id: { type: 'integer' } } },
  retry: { attempts: 4, base: 0.01, cap: 0.02 },
}

/** One stream for each kind. */
export function settingsOf(url: string, names: readonly string[], more: object = {}) {
  return {
    base_url: url,
    defaults: eager,
    streams: Object.fromEntries(names.map((name) => [name, kinds[name]])),
    ...more,
  }
}

export const allKinds: readonly string[] = Object.keys(kinds)

/** Of the 10 records that the fake API has by default. */
export const ids: readonly string[] = Array.from({ length: 10 }, (_, i) => String(i + 1))

export interface Case {
  readonly fault: Fault
  readonly times?: number
  readonly names?: readonly string[]
  readonly more?: object
}

/** One stream for each kind, from an API on which the fault hits the second page, where there is one. */
export function runWith({ fault, times = 1, names = allKinds, more }: Case): Promise<Ran> {
  const rules = names.map((name): FaultRule => {
    return { path: kinds[name]?.path ?? '', after: name === 'none' ? 0 : 1, times, fault }
  })
  return withApi({ faults: rules }, ({ url }) => run(settingsOf(url, names, more)))
}

export async function withApi<T>(options: ApiOptions, use: (api: Api) => Promise<T>): Promise<T> {
  const api = await startApi(options)
  try {
    return await use(api)
  } finally {
    await api.close()
  }
}

/** The setting `errors`. */
export function rule(when: string, action: string) {
  // biome-ignore lint/suspicious/noThenProperty: a setting
  return { errors: [{ when, then: action }] }
}

export const edited = (edit: (text: string) => string | Buffer): Fault => ({
  edit: (answer) => ({ ...answer, body: edit(String(answer.body ?? '')) }),
})

/** As `content-encoding: gzip`, whatever the bytes are. */
export const zipped = (zip: (body: Buffer) => Buffer): Fault => ({
  edit: ({ headers, body }) => ({
    headers: { ...headers, 'content-encoding': 'gzip' },
    body: zip(Buffer.from(body ?? '')),
  }),
})

export const brokenGzip = zipped((body) => gzipSync(body).subarray(0, -12))
