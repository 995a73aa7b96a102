import type { JsonSchema } from '../../singer/schema.js'
import type { TimeFormat } from './plan.js'

export interface PaginateSettings {
  readonly kind?: string
  readonly rel?: string
  readonly path?: string
  readonly from?: string
  readonly header?: string
  readonly last?: string
  readonly next?: string
  readonly param?: string
  readonly body?: string
  readonly start?: number
  readonly size_param?: string
  readonly size?: number
  readonly total_pages?: string
  readonly limit_param?: string
  readonly limit?: number
  readonly step?: 'limit' | 'returned'
  readonly total?: string
  readonly has_more?: string
  readonly stop_when?: string
  readonly empty_page?: 'stop' | 'continue'
  readonly short_page_stops?: boolean
  readonly max_pages?: number
  readonly max_records?: number
}

export interface IncrementalSettings {
  readonly key: string
  readonly start?: string
  readonly mode?: 'param' | 'filter' | 'feed'
  readonly param?: string
  readonly body?: string
  readonly header?: string
  readonly end_param?: string
  readonly format?: TimeFormat
  readonly order?: 'none' | 'asc' | 'desc'
  readonly step?: string
  readonly lookback?: string
  readonly granularity?: string
}

const text = (description: string, more: JsonSchema = {}): JsonSchema => ({ type: 'string', description, ...more })
const count = (description: string, minimum = 1): JsonSchema => ({ type: 'integer', minimum, description })

export const limits = {
  max_pages: count('Stop after so many pages of a sequence.'),
  max_records: count('Stop after so many records of a sequence.'),
}

export const paginateSchema: JsonSchema = {
  type: ['string', 'object'],
  additionalProperties: false,
  isOneRow: true,
  description:
    'How the next page is found: `auto`, `none`, `link`, `next`, `cursor`, `page`, `offset`, or an object with `kind` and ' +
    'the keys of that kind. `auto` is found in the first page, printed, and frozen in the catalog.',
  examples: ['link', { kind: 'cursor', last: 'id', param: 'starting_after', has_more: 'has_more' }],
  properties: {
    kind: text('The kind; may be left out where the other keys imply it.'),
    rel: text('link: the relation of the link. Default: next.'),
    path: text('next: path of the URL in the body. Default: the usual places are tried.'),
    from: text('cursor: path of the token in the body.', { examples: ['meta.next_cursor'] }),
    header: text('cursor: the header that holds the token.'),
    last: text('cursor: the field of the last record that is the token.'),
    next: text('cursor: an expression whose value is the token.', { examples: ['last(records).id'] }),
    param: text(
      'cursor, page, offset: the parameter that asks for a page. Default: page or offset; cursor needs it or `body`.',
    ),
    body: text('cursor, page, offset: path in the body of the request, instead of `param`.'),
    start: count('page: the first number, default 1. offset: the first offset, default 0.', 0),
    size_param: text('page: the parameter that takes `size`.'),
    size: count('page: records per page.'),
    total_pages: text('page: path of the number of pages in the body.'),
    limit_param: text('offset: the parameter that takes `limit`. Default: limit.'),
    limit: count('offset: records per page.'),
    step: text(
      'offset: whether the next offset is higher by `limit` or by the number of records `returned`. Default: returned, which loses nothing when the API gives fewer than asked for.',
      { enum: ['limit', 'returned'] },
    ),
    total: text('offset: path of the number of all records in the body.'),
    has_more: text('Path in the body, or `headers.NAME`, whose false ends the pages.'),
    stop_when: text('An expression that ends the pages.', { examples: ['length(records) < 100'] }),
    empty_page: text('Whether a page without records ends the pages. Default: stop.', { enum: ['stop', 'continue'] }),
    short_page_stops: {
      type: 'boolean',
      description: 'page, offset: a page shorter than asked for is the last one. Default: false.',
    },
    ...limits,
  },
}

export const incrementalSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['key'],
  isOneRow: true,
  description: 'Read only what changed since the last run: `key` is the field of a record that tells when.',
  examples: [{ key: 'updated_at', start: '2024-01-01', param: 'since' }],
  properties: {
    key: text('Path of a time or a number in a record that grows with each change.'),
    start: text('Where the first run begins. Default: `start_date`.'),
    mode: text(
      'param: the API filters. filter: the API has no filter, older records are left out here. feed: newest first, read until a whole page is older. Default: param.',
      { enum: ['param', 'filter', 'feed'] },
    ),
    param: text('The parameter that takes the bookmark.'),
    body: text('The path in the body that takes the bookmark, instead of `param`.'),
    header: text('The header that takes the bookmark, instead of `param`.'),
    end_param: text('Takes the end of a window, in the same place as the bookmark.'),
    format: text('How the API wants times: iso, iso_z, date, epoch, epoch_ms, strftime:PATTERN. Default: iso.'),
    order: text(
      'In which order the API gives records by `key`; asc lets a broken run go on where it ended. Default: none.',
      { enum: ['none', 'asc', 'desc'] },
    ),
    step: text('Read in windows of this length.', { examples: ['P1D', 'P1M'] }),
    lookback: text('Read again what lies this far before the bookmark: a duration, or a number.', {
      examples: ['PT1H'],
    }),
    granularity: text('For APIs whose filter leaves out its bound: one unit.', { examples: ['PT1S'] }),
  },
}
