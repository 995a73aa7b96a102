import { ConfigError, type Json, type JsonObject } from '../../singer/index.js'
import type { Notes } from './migrate-notes.js'
import { parsePath } from './path.js'

export interface OldPaging {
  /** `{paginate: …}`, or nothing. */
  readonly paginate: JsonObject
  /** What each request is to send beside the params of the settings. */
  readonly params: JsonObject
  readonly places: { readonly isInBody: boolean; readonly style: Style }
}

type Style = 'page' | 'offset' | 'link' | 'next' | 'none'

export const pagingKeys = [
  'next_page_token_path',
  'pagination_request_style',
  'pagination_response_style',
  'pagination_page_size',
  'pagination_initial_offset',
  'pagination_next_page_param',
  'pagination_limit_per_page_param',
  'pagination_total_limit_param',
  'offset_records_jsonpath',
  'use_request_body_not_params',
]

const place = ['paginate']

/** `pagination_request_style` decides; the response style only says which parameters were meant. */
export function oldPaging(old: JsonObject, notes: Notes): OldPaging {
  const style = String(old.pagination_request_style ?? 'default')
  const isInBody = old.use_request_body_not_params === true
  const make = Object.hasOwn(styles, style) ? styles[style] : undefined
  if (!make) notes.notice(place, `the pagination_request_style ${style} is not known; write paginate by hand`)
  const { params = {}, ...made } = make?.(old, notes) ?? { paginate: { kind: 'auto' }, style: 'page' as const }
  const paginate = isInBody ? inBody(made.paginate) : made.paginate
  return { paginate: { paginate: short(paginate) }, params, places: { isInBody, style: made.style } }
}

interface Made {
  readonly paginate: JsonObject
  readonly style: Style
  readonly params?: JsonObject
}

type Make = (old: JsonObject, notes: Notes) => Made

const styles: Readonly<Record<string, Make>> = {
  default: tokenInBody,
  jsonpath_paginator: tokenInBody,
  offset_paginator: offsetWithTotal,
  style1: offsetWithTotal,
  simple_offset_paginator: simpleOffset,
  page_number_paginator: pageNumber,
  simple_header_paginator: headerToken,
  header_link_paginator: links,
  restapi_header_link_paginator: links,
  hateoas_paginator: nextUrl,
  single_page_paginator: () => ({ paginate: { kind: 'none' }, style: 'none' }),
}

function tokenInBody(old: JsonObject, notes: Notes): Made {
  if (old.pagination_response_style === 'hateoas_body') return nextUrl(old, notes)
  const isOffset = old.pagination_response_style === 'offset' || old.pagination_response_style === 'style1'
  const from = pathIn(old, notes, 'from') ?? '$.next_page'
  const param = String(old.pagination_next_page_param ?? (isOffset ? 'offset' : 'page'))
  return {
    paginate: { kind: 'cursor', from, param },
    style: isOffset ? 'offset' : 'page',
    params: isOffset ? sizeParam(old, 'limit') : {},
  }
}

function offsetWithTotal(old: JsonObject, notes: Notes): Made {
  const within = pathIn(old, notes, 'total') ?? '$.pagination'
  const total = `${within}.${old.pagination_total_limit_param ?? 'total'}`
  return { paginate: { ...offset(old, notes), total }, style: 'offset' }
}

function simpleOffset(old: JsonObject, notes: Notes): Made {
  const counted = old.offset_records_jsonpath
  if (counted !== undefined && counted !== (old.records_path ?? '$[*]')) {
    notes.notice(place, 'pages were measured at offset_records_jsonpath; here the records themselves are counted')
  }
  const limit = old.pagination_page_size ?? 25
  return {
    paginate: { ...offset({ ...old, pagination_page_size: limit }, notes), short_page_stops: true },
    style: 'offset',
  }
}

function offset(old: JsonObject, notes: Notes): JsonObject {
  if (Number(old.pagination_initial_offset ?? 1) !== 0) {
    notes.notice(place, 'offsets began at 1, so the first record was never read; they begin at 0 now')
  }
  return {
    kind: 'offset',
    ...given('param', old.pagination_next_page_param),
    start: 0,
    ...given('limit_param', old.pagination_limit_per_page_param),
    ...given('limit', old.pagination_page_size),
  }
}

function pageNumber(old: JsonObject, notes: Notes): Made {
  const { pagination_page_size: size, pagination_limit_per_page_param: sizeParam } = old
  const paginate: JsonObject = {
    kind: 'page',
    param: String(old.pagination_next_page_param ?? 'page'),
    start: Number(old.pagination_initial_offset ?? 1),
    ...(typeof sizeParam === 'string' && size !== undefined && { size_param: sizeParam, size }),
    has_more: pathIn(old, notes, 'has_more') ?? 'hasMore',
  }
  return { paginate, style: 'page' }
}

function headerToken(old: JsonObject, notes: Notes): Made {
  if (typeof old.next_page_token_path === 'string') return tokenInBody(old, notes)
  const param = String(old.pagination_next_page_param ?? 'page')
  return { paginate: { kind: 'cursor', header: 'X-Next-Page', param }, style: 'page' }
}

function links(old: JsonObject): Made {
  const params = sizeParam({ ...old, pagination_page_size: old.pagination_page_size ?? 25 }, 'per_page')
  return { paginate: { kind: 'link' }, style: 'link', params }
}

function nextUrl(old: JsonObject, notes: Notes): Made {
  const path = pathIn(old, notes, 'path')
  if (path === undefined) notes.notice(place, 'the usual places of a next URL are tried, since no path of it is known')
  notes.comment(place, 'the whole next URL is followed; before, only its query was')
  return {
    paginate: { kind: 'next', ...(path !== undefined && { path }) },
    style: 'next',
    params: sizeParam(old, 'limit'),
  }
}

/** A path that is a query of JSONPath, or has the `split` of its Python library, cannot be ours. */
function pathIn(old: JsonObject, notes: Notes, key: string): string | undefined {
  const given = old.next_page_token_path
  if (typeof given !== 'string' || given === '') return undefined
  const plain = given.replace(/\.?`[^`]*`.*$/, '')
  if (plain !== given) notes.notice([...place, key], 'what stood between backticks in next_page_token_path is left out')
  try {
    parsePath(plain)
    return plain
  } catch (problem) {
    if (!(problem instanceof ConfigError)) throw problem
    notes.notice([...place, key], 'next_page_token_path is no path of one value: write it by hand')
    return undefined
  }
}

function sizeParam(old: JsonObject, fallback: string): JsonObject {
  const { pagination_page_size: size, pagination_limit_per_page_param: name = fallback } = old
  return size === undefined || size === null ? {} : { [String(name)]: size }
}

function given(key: string, value: Json | undefined): JsonObject {
  return value === undefined || value === null ? {} : { [key]: value }
}

function inBody({ param, ...paginate }: JsonObject): JsonObject {
  const name = param ?? (paginate.kind === 'offset' ? 'offset' : undefined)
  return name === undefined ? paginate : { ...paginate, body: name }
}

/** `link` says as much as `{kind: link}`. */
function short(paginate: JsonObject): Json {
  const { kind = 'auto' } = paginate
  return Object.keys(paginate).length === 1 ? kind : paginate
}
