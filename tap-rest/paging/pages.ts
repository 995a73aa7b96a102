import { SourceError } from '../../singer/index.js'
import type { Client, SendPolicy } from '../http/client.js'
import type { HttpRequest } from '../http/http.js'
import type { Page } from '../page/page.js'
import type { PageReader } from '../page/page-reader.js'
import type { Paginate, Path } from '../settings/plan.js'
import type { Turn } from './paginator.js'
import { createSteps, type StepsOptions } from './steps.js'

/** What all sequences of a stream have in common. */
export interface Paging extends StepsOptions {
  readonly client: Client
  readonly policy: SendPolicy
  /** Was asked for the fields `wanted`: those of `pagingFields`, and what others need. */
  readonly reader: PageReader
  /** The next request may be sent while a page is in use. Not when the user of the pages may stop early. */
  readonly isAhead: boolean
  /** Told when `max_pages` or `max_records` ends a sequence. */
  limited?(): void
}

/** The fields of records that paging looks at. */
export function pagingFields(primaryKey: readonly Path[], paginate: Paginate): Path[] {
  const last = paginate.kind === 'cursor' && 'last' in paginate.from ? [paginate.from.last] : []
  return [...primaryKey, ...last]
}

/** More often than this in one sequence, `reset_pagination` would go on for ever. */
const mostResets = 5

/**
 * The pages that follow from this request, in order, each fresh: one that only repeats the page before is not among them.
 * Who stops early ends what is under way.
 * @throws SourceError when an answer is no page, or when the pages go round.
 */
export async function* readPages(request: HttpRequest, paging: Paging): AsyncGenerator<Turn, void> {
  const unwanted = new AbortController()
  const { stream, log } = paging
  try {
    for (let resets = 0; resets <= mostResets; resets++) {
      const ending = yield* sequence(request, { ...paging, unwanted: unwanted.signal })
      if (ending === 'end') return
      log.info('paging begins again, as a rule of the settings says', { stream })
    }
    throw new SourceError(`${stream}: paging began again ${mostResets} times and never came to its end`)
  } finally {
    unwanted.abort()
  }
}

interface Sequence extends Paging {
  readonly unwanted: AbortSignal
}

async function* sequence(request: HttpRequest, paging: Sequence): AsyncGenerator<Turn, 'end' | 'reset'> {
  const steps = createSteps(paging)
  let sent = send(steps.first(request), paging)
  let records = 0
  for (let number = 1; ; number++) {
    const { outcome, response } = await sent.answer
    if (outcome === 'reset_pagination') return 'reset'
    if (outcome === 'stop') return 'end'
    const isPage = outcome === 'ok'
    const whole = { request: sent.request, response, page: isPage ? paging.reader.read(response) : noPage, number }
    if (steps.check(whole) === 'repeats') return 'end'
    const turn = atMost((paging.paginate.maxRecords ?? Number.POSITIVE_INFINITY) - records, whole)
    records += turn.page.count
    const next = isEnough(number, records, paging) ? undefined : steps.next(whole)
    if (next && paging.isAhead) sent = send(next, paging)
    if (isPage) yield turn
    if (!next) return 'end'
    if (!paging.isAhead) sent = send(next, paging)
  }
}

function send(request: HttpRequest, { client, policy, unwanted }: Sequence) {
  const answer = client.send(request, policy, unwanted)
  // It may fail while nobody waits for it yet; whoever comes to wait for it sees the failure.
  answer.catch(() => undefined)
  return { request, answer }
}

function isEnough(pages: number, records: number, { paginate, limited }: Paging): boolean {
  const { maxPages = Number.POSITIVE_INFINITY, maxRecords = Number.POSITIVE_INFINITY } = paginate
  const isReached = pages >= maxPages || records >= maxRecords
  if (isReached) limited?.()
  return isReached
}

/** The page with its first records only, when it has more than this. */
function atMost(count: number, turn: Turn): Turn {
  const { page } = turn
  if (page.count <= count) return turn
  const { envelope, hash } = page
  const record = (index: number) => page.record(index)
  return { ...turn, page: { count, envelope, hash, record, field: (index, wanted) => page.field(index, wanted) } }
}

/** Of an answer that a rule excuses. */
const noPage: Page = {
  count: 0,
  record: () => Buffer.alloc(0),
  field: () => undefined,
  envelope: null,
  hash: '',
}
