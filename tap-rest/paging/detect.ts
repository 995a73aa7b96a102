import type { Json, JsonObject } from '../../singer/index.js'
import type { Log } from '../../singer/log.js'
import { pathText } from '../settings/path.js'
import type { CursorPlace, Paginate, Path } from '../settings/plan.js'
import { currentPages, cursorPlaces, onePage, totalPlaces } from './detect-places.js'
import { type FoundKind, settingsOf } from './detected-settings.js'
import { isLink, linkOf, nextPlaces } from './paginate-url.js'
import type { ConcretePaginate, Turn } from './paginator.js'
import { valueIn } from './place.js'
import { answerAt, numberOf } from './turn-facts.js'

export interface Detected {
  readonly paginate: ConcretePaginate
  /** `paginate` as settings say it, to be put over theirs. Absent when nothing told it: then it is looked for again. */
  readonly frozen?: JsonObject
  /** What told it, for people. */
  readonly sign?: string
  /** Why one page may not be all there is. */
  readonly warning?: string
}

/**
 * What `auto` means for a source, from its first page: Link header, next URL in the body, number of pages, next cursor.
 * Without any of them one page, which is not worth freezing: a source that grows shows them later.
 */
export function detectPaginate(turn: Turn, auto: Paginate): Detected {
  const found = linkHeader(turn) ?? nextUrl(turn) ?? totalPages(turn) ?? nextCursor(turn)
  const { kind: _, ...rules } = auto
  if (found) return { paginate: { ...rules, ...found.kind }, frozen: settingsOf(found.kind), sign: found.sign }
  const warning = onePage(turn)
  return { paginate: { ...rules, kind: 'none' }, ...(warning !== undefined && { warning }) }
}

/** Says what was detected, and of the many sequences of a stream in a run only what differs from what was said before. */
export function announcing(stream: string, log: Log): (detected: Detected) => void {
  const said = saidIn(log)
  return ({ frozen, sign, warning }) => {
    const text = warning ?? `paginate is recognized by ${sign}`
    const what = `${stream}: ${text}`
    if ((!sign && !warning) || said.has(what)) return
    said.add(what)
    if (warning) log.warning(warning, { stream })
    else log.info(text, { stream, ...(frozen && { paginate: frozen }) })
  }
}

/** A run that discovers first opens its streams a second time. */
function saidIn(log: Log): Set<string> {
  const said = saidByLog.get(log) ?? new Set()
  saidByLog.set(log, said)
  return said
}

const saidByLog = new WeakMap<Log, Set<string>>()

interface Found {
  readonly kind: FoundKind
  readonly sign: string
}

/** Also of a single page, which has only links such as `first` and `last`. */
function linkHeader(turn: Turn): Found | undefined {
  const rels = ['next', 'prev', 'first', 'last']
  if (!rels.some((rel) => linkOf(turn, rel, 'paginate') !== undefined)) return undefined
  return { kind: { kind: 'link', rel: 'next' }, sign: 'Link header' }
}

/** A null beside a link to the page before is one, too: the source has a single page so far. */
function nextUrl(turn: Turn): Found | undefined {
  const path = nextPlaces.find(
    (place) => isLink(answerAt(turn, place)) || (isEmpty(turn, place) && hasPrevious(turn, place)),
  )
  return path && { kind: { kind: 'next', path }, sign: `next URL in the body at ${pathText(path)}` }
}

function hasPrevious(turn: Turn, path: Path): boolean {
  const beside = (name: string) =>
    answerAt(
      turn,
      path.map((part) => part.replace('next', name)),
    )
  return ['previous', 'prev'].some((name) => beside(name) !== undefined)
}

function totalPages(turn: Turn): Found | undefined {
  const path = totalPlaces.find((place) => (numberOf(answerAt(turn, place)) ?? 0) > 0)
  if (!path) return undefined
  const to = requestedPage(turn)
  const start = numberOf(to && valueIn(turn.request, to)) ?? (shownPage(turn, path) === 0 ? 0 : 1)
  return {
    kind: { kind: 'page', to: to ?? { param: 'page' }, start, totalPages: path },
    sign: `number of pages at ${pathText(path)}`,
  }
}

/** Where the settings have put a page number already. */
function requestedPage({ request }: Turn): CursorPlace | undefined {
  const places: CursorPlace[] = currentPages.flatMap((name) => [{ param: name }, { body: [name] }])
  return places.find((place) => numberOf(valueIn(request, place)) !== undefined)
}

function shownPage(turn: Turn, total: Path): number | undefined {
  const shown = currentPages.map((name) => numberOf(answerAt(turn, [...total.slice(0, -1), name])))
  return shown.find((number) => number !== undefined)
}

/** In a request with a JSON body the cursor goes there. */
function nextCursor(turn: Turn): Found | undefined {
  const found = cursorPlaces.find(
    ({ from, isSure }) => isCursor(answerAt(turn, from)) || (isSure && isEmpty(turn, from)),
  )
  if (!found) return undefined
  const { from, param } = found
  const isHeader = from[0] === 'headers'
  return {
    kind: {
      kind: 'cursor',
      from: isHeader ? { header: from[1] ?? '' } : { body: from },
      to: turn.request.body?.type === 'json' ? { body: [param] } : { param },
    },
    sign: `next cursor at ${pathText(from)}, to be sent as ${param}`,
  }
}

function isCursor(value: Json | undefined): boolean {
  return (typeof value === 'string' && value !== '') || numberOf(value) !== undefined
}

function isEmpty(turn: Turn, path: Path): boolean {
  const value = answerAt(turn, path)
  return value === null || value === ''
}
