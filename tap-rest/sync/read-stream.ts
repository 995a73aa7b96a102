import { asObject } from '../../singer/json.js'
import type { Bookmark } from '../../singer/state.js'
import { stateClock } from '../../singer/state-clock.js'
import type { Page } from '../page/page.js'
import { carriedOver } from './bookmarks.js'
import { type Findings, noFindings } from './cursor.js'
import { inOrder } from './in-order.js'
import { openProgress, type Progress } from './progress.js'
import type { Reading } from './reading.js'
import type { Source, Step } from './source.js'
import { includedValues, sequenceOf, unitPages } from './unit-pages.js'
import { unitsOf } from './units.js'

/**
 * Records that are new since the bookmark, in the order of partitions, windows and pages, and each time that a state is
 * due how far they have come. The last bookmark follows when all is read, or when the signal is aborted.
 */
export async function* readStream(source: Source, bookmark: Bookmark): AsyncGenerator<Step> {
  const { signal } = source.context
  const findings = noFindings()
  const progress = withParents(source, bookmark, { own: openProgress(source, bookmark, findings), findings })
  try {
    yield* readUnits(source, progress, findings)
    if (!signal.aborted) progress.complete()
  } catch (problem) {
    if (!signal.aborted) throw problem
  }
  const reached = progress.bookmark()
  reportIgnored(source)
  if (reached) reportKeys(source, findings)
  if (reached) yield { bookmark: reached }
}

async function* readUnits(source: Source, progress: ParentProgress, findings: Findings): AsyncGenerator<Step> {
  const { plan, context } = source
  const live = liveStates(source, findings)
  const isDue = stateClock(
    plan.partition.state === 'per_parent' ? { ...source.pace, stateRows: Number.POSITIVE_INFINITY } : source.pace,
  )
  const units = unitsOf(source, progress, progress)
  const lanes = inOrder(units, plan.partition.concurrency, (unit, unwanted) => unitPages(source, unit, unwanted))
  for await (const { source: unit, items } of lanes) {
    const { partition, reading } = unit
    const { scopes } = sequenceOf(source, unit)
    const isLimit = limitOf(plan)
    for await (const turn of items) {
      const { page } = turn
      const records = reading.select(page, partition.id)
      if (records.length > 0) yield { page, records, included: includedValues(plan, scopes, turn) }
      const change = live(reading)
      if (isLimit(page)) findings.isCut = reading.isCut = true
      if (change) progress.keep(partition, reading)
      if (change === 'taken back' || (change === 'moved' && isDue(records.length))) yield* stateOf(progress)
      if (context.signal.aborted) return
    }
    if (!unit.closes || reading.isCut) continue
    reading.kept = reading.mark()
    reading.closed = reading.kept
    progress.keep(partition, reading)
    if ((unit.window && plan.partition.state !== 'per_parent') || isDue(0)) yield* stateOf(progress)
  }
}

/** Told of the pages of one sequence, it says when that ends before its end. */
function limitOf({ paginate }: Source['plan']): (page: Page) => boolean {
  const { maxPages = Number.POSITIVE_INFINITY, maxRecords = Number.POSITIVE_INFINITY } = paginate
  let pages = 0
  let records = 0
  return ({ count }) => {
    pages++
    records += count
    return pages >= maxPages || records >= maxRecords
  }
}

function* stateOf(progress: Progress): Generator<Step> {
  const bookmark = progress.bookmark()
  if (bookmark) yield { bookmark }
}

/**
 * Where records come in the order of their key, all pages so far may count. Once they do not, what counted since the last
 * complete window must not: the rest may be older.
 */
function liveStates({ plan, key, parent, context }: Source, findings: Findings) {
  const { list, state } = plan.partition
  const isAlone = state === 'per_parent' || (!parent && (list?.length ?? 1) === 1)
  let isLive = key?.incremental.order === 'asc' && isAlone
  return (reading: Reading): 'moved' | 'taken back' | undefined => {
    if (!isLive || (reading.isCut && !findings.isOutOfOrder)) return undefined
    if (!findings.isOutOfOrder) {
      reading.kept = reading.mark()
      return 'moved'
    }
    isLive = false
    reading.kept = reading.closed
    const fields = { stream: plan.name, replication_key: key?.name ?? '', setting: 'order: asc' }
    context.log.warning(
      'records do not come in the order of their replication key: the bookmark moves at the end',
      fields,
    )
    return 'taken back'
  }
}

/** With `child_of_changed` the bookmark also says how far the parents have come whose children are complete. */
function withParents({ plan }: Source, bookmark: Bookmark, { own, findings }: Begun): ParentProgress {
  if (!plan.partition.childOfChanged) return { ...own, since: {}, reached: () => undefined }
  let kept = asObject(bookmark.parent)
  let reached = kept
  return {
    ...own,
    since: kept,
    reached(parents) {
      reached = parents
    },
    complete() {
      own.complete()
      if (!findings.isCut) kept = reached
    },
    bookmark: () => ({ ...(own.bookmark() ?? carriedOver(bookmark)), parent: kept }),
  }
}

interface Begun {
  readonly own: Progress
  readonly findings: Findings
}

interface ParentProgress extends Progress {
  /** The bookmark of the parents from which on they are read. */
  readonly since: Bookmark
  reached(bookmark: Bookmark): void
}

function reportIgnored({ plan, context, ignored }: Source): void {
  const answers = ignored()
  if (answers === 0) return
  context.log.warning('answers were ignored, as a rule of the settings says', { stream: plan.name, answers })
}

function reportKeys({ plan, key, context }: Source, findings: Findings): void {
  const { withoutKey, ofOtherKind, notAskedFor, areTexts, isCut } = findings
  const fields = { stream: plan.name, replication_key: key?.name ?? '' }
  if (withoutKey > 0) {
    const message = 'records without a value in the replication key were sent; later runs cannot see them'
    context.log.warning(message, { ...fields, records: withoutKey })
  }
  if (ofOtherKind > 0) {
    const message = 'values of the replication key that are unlike the others were sent, but do not move the bookmark'
    context.log.warning(message, { ...fields, records: ofOtherKind })
  }
  if (notAskedFor > 0) {
    const message =
      'records older than was asked for were sent: does the API know what incremental sends it? mode: filter leaves them out'
    context.log.warning(message, { ...fields, records: notAskedFor })
  }
  if (isCut && key) {
    const message = 'max_pages or max_records ended the reading: the bookmark only moves with order: asc'
    context.log.warning(message, fields)
  }
  if (!areTexts) return
  context.log.warning('values of the replication key are neither times nor numbers: they are compared as texts', fields)
}
