import { ConfigError } from '../../singer/index.js'
import { suggestion } from '../../singer/suggestion.js'
import type { PaginateSettings } from './config-paging.js'
import { parseExpression } from './expression.js'
import { parsePath } from './path.js'
import type { CursorPlace, CursorSource, Paginate, PaginateKind, Path } from './plan.js'
import type { Planning } from './planning.js'

export interface PagingSettings {
  readonly paginate: string | PaginateSettings
  readonly max_pages?: number | undefined
  readonly max_records?: number | undefined
}

/** How a stream pages. `place`: `streams.issues.paginate`. */
export function pagingPlan({ problems }: Pick<Planning, 'problems'>, place: string, given: PagingSettings): Paginate {
  const settings: PaginateSettings = typeof given.paginate === 'string' ? { kind: given.paginate } : given.paginate
  const path = (key: string, text: string | undefined): Path | undefined =>
    text === undefined ? undefined : problems.attempt(`${place}.${key}`, () => parsePath(text))
  const expression = (key: string, text: string | undefined) =>
    text === undefined ? undefined : problems.attempt(`${place}.${key}`, () => parseExpression(text))
  const known = problems.attempt(place, () => kindOf(settings))
  const kind = known ?? 'none'
  for (const line of known ? wrongKeys(known, settings) : [])
    problems.add(line.place === '' ? place : `${place}.${line.place}`, line.text)
  const hasMore = path('has_more', settings.has_more)
  const stopWhen = expression('stop_when', settings.stop_when)
  const maxPages = settings.max_pages ?? given.max_pages
  const maxRecords = settings.max_records ?? given.max_records
  return {
    ...kindPlan(kind, settings, { path, expression }),
    ...(hasMore && { hasMore }),
    ...(stopWhen && { stopWhen }),
    emptyPageContinues: settings.empty_page === 'continue',
    shortPageStops: settings.short_page_stops ?? false,
    ...(maxPages !== undefined && { maxPages }),
    ...(maxRecords !== undefined && { maxRecords }),
  }
}

type Kind = PaginateKind['kind']

const own: Readonly<Record<Kind, readonly string[]>> = {
  auto: [],
  none: [],
  link: ['rel'],
  next: ['path'],
  cursor: ['from', 'header', 'last', 'next', 'param', 'body'],
  page: ['param', 'body', 'start', 'size_param', 'size', 'total_pages', 'short_page_stops'],
  offset: ['param', 'body', 'start', 'limit_param', 'limit', 'step', 'total', 'short_page_stops'],
}
const common = ['kind', 'has_more', 'stop_when', 'empty_page', 'max_pages', 'max_records']

function kindOf(settings: PaginateSettings): Kind {
  const { kind } = settings
  if (kind !== undefined) {
    if (isKind(kind)) return kind
    throw new ConfigError(`${kind} is no kind of pagination${suggestion(kind, Object.keys(own))}`)
  }
  const keys = Object.keys(settings).filter((key) => !common.includes(key))
  if (keys.length === 0) return 'auto'
  const fitting = Object.keys(own)
    .filter(isKind)
    .filter((each) => keys.every((key) => own[each].includes(key)))
  const [only] = fitting
  if (only !== undefined && fitting.length === 1) return only
  throw new ConfigError(
    `kind is required${fitting.length > 1 ? `: ${fitting.join(' or ')}` : ', its keys belong to several kinds'}`,
  )
}

function isKind(name: string): name is Kind {
  return Object.hasOwn(own, name)
}

function* wrongKeys(kind: Kind, settings: PaginateSettings): Generator<{ place: string; text: string }> {
  for (const key of Object.keys(settings)) {
    if (common.includes(key) || own[kind].includes(key)) continue
    const owners = Object.keys(own)
      .filter(isKind)
      .filter((each) => own[each].includes(key))
    const known = own[kind].length === 0 ? 'it has no keys of its own' : `its keys are ${own[kind].join(', ')}`
    yield { place: key, text: `is no key of the kind ${kind} but of ${owners.join(' and ')}; ${known}` }
  }
  if (settings.param !== undefined && settings.body !== undefined)
    yield { place: '', text: 'param and body exclude each other' }
  if (kind !== 'cursor') return
  const sources = (['from', 'header', 'last', 'next'] as const).filter((key) => settings[key] !== undefined)
  if (sources.length !== 1)
    yield { place: '', text: 'exactly one of from, header, last and next says where the cursor is' }
  const goes = settings.param ?? settings.body
  if (goes === undefined) yield { place: '', text: 'param (or body) is required: where the cursor goes' }
}

interface Readers {
  path(key: string, text: string | undefined): Path | undefined
  expression(key: string, text: string | undefined): ReturnType<typeof parseExpression> | undefined
}

function kindPlan(kind: Kind, settings: PaginateSettings, read: Readers): PaginateKind {
  const to = (fallback: string): CursorPlace => place(settings, { key: 'param', fallback }, read)
  switch (kind) {
    case 'auto':
    case 'none':
      return { kind }
    case 'link':
      return { kind, rel: settings.rel ?? 'next' }
    case 'next': {
      const path = read.path('path', settings.path)
      return { kind, ...(path && { path }) }
    }
    case 'cursor':
      return { kind, from: cursorSource(settings, read), to: to('cursor') }
    case 'page': {
      const totalPages = read.path('total_pages', settings.total_pages)
      const { size, size_param: sizeParam } = settings
      const sizeTo = sizeParam === undefined ? undefined : beside(settings, sizeParam, read)
      return {
        kind,
        to: to('page'),
        start: settings.start ?? 1,
        ...(sizeTo && { sizeTo }),
        ...(size !== undefined && { size }),
        ...(totalPages && { totalPages }),
      }
    }
    case 'offset': {
      const total = read.path('total', settings.total)
      return {
        kind,
        to: to('offset'),
        start: settings.start ?? 0,
        limitTo: beside(settings, settings.limit_param ?? 'limit', read),
        ...(settings.limit !== undefined && { limit: settings.limit }),
        step: settings.step ?? 'returned',
        ...(total && { total }),
      }
    }
    default:
      return kind satisfies never
  }
}

function place(settings: PaginateSettings, names: { key: 'param'; fallback: string }, read: Readers): CursorPlace {
  const { body } = settings
  if (body === undefined) return { param: settings[names.key] ?? names.fallback }
  return { body: read.path('body', body) ?? [] }
}

/** Size and limit go where page and offset go. */
function beside(settings: PaginateSettings, name: string, read: Readers): CursorPlace {
  return settings.body === undefined ? { param: name } : { body: read.path('body', name) ?? [] }
}

function cursorSource(settings: PaginateSettings, read: Readers): CursorSource {
  if (settings.header !== undefined) return { header: settings.header.toLowerCase() }
  if (settings.last !== undefined) return { last: read.path('last', settings.last) ?? [] }
  const next = read.expression('next', settings.next)
  return next ? { next } : { body: read.path('from', settings.from) ?? [] }
}
