import type { Context } from '../../singer/index.js'
import type { StatePace } from '../../singer/state-clock.js'
import type { Client } from '../http/client.js'
import type { HttpResponse } from '../http/http.js'
import { assertAllowed } from '../http/origin.js'
import { openPageReader, type PageReader } from '../page/page-reader.js'
import { ruleBody } from '../page/rule-body.js'
import { announcing, type Detected } from '../paging/detect.js'
import { pagingFields, readPages } from '../paging/pages.js'
import { withValue } from '../paging/place.js'
import { requestOf } from '../paging/request.js'
import type { Path, Plan, StreamPlan } from '../settings/plan.js'
import { parentFields, wantedOfParent } from './parents.js'
import { readStream } from './read-stream.js'
import { namedKey, type ReplicationKey } from './replication-key.js'
import { isSamePath, type ParentSource, type Sequence, type Source, usualPace } from './source.js'
import type { Instant } from './times.js'

/** What all streams of a run share. */
export interface Run {
  /** With what the catalog has frozen of its guesses. */
  readonly plan: Plan
  readonly client: Client
  readonly context: Context
  /** What is read ends there. */
  readonly startedAt: Instant
  readonly pace?: StatePace
}

export interface Asked {
  /** Only what is new by it is read. */
  readonly key?: ReplicationKey | undefined
  /** What children ask of the records. */
  readonly fields?: readonly Path[]
}

/** What `auto` turned out to mean, as far as pages have shown it. */
export interface Guesses {
  readonly body: ReturnType<PageReader['found']>
  readonly paging?: Detected
}

export interface OpenSource extends Source {
  guesses(): Guesses
}

export async function openSource(run: Run, plan: StreamPlan, { key, fields = [] }: Asked): Promise<OpenSource> {
  const keyFields = key ? [key.incremental.key] : []
  const paging = pagingFields(plan.primaryKey, plan.paginate)
  const wanted = eachOnce([...keyFields, ...wantedOfParent(plan, fields), ...paging])
  const { name: stream, records, format } = plan
  const reader = await openPageReader({ stream, records, format, wanted })
  const { client, ignored } = countingIgnored(run.client)
  const announce = announcing(stream, run.context.log)
  let guess: Detected | undefined
  let isLimitSaid = false
  return {
    plan,
    key,
    wanted,
    parent: await openParent(run, plan),
    startedAt: run.startedAt,
    context: run.context,
    pace: run.pace ?? usualPace,
    pages: (sequence, unwanted) =>
      readPages(requestFor(plan, key, sequence), {
        ...{ stream, wanted, primaryKey: plan.primaryKey, paginate: plan.paginate, reader },
        log: run.context.log,
        client: endingWith(client, unwanted),
        policy: policyOf(plan, reader),
        assertAllowed: (url) => assertAllowed(url, run.plan.connection),
        found: (detected) => {
          announce(detected)
          guess ??= detected
        },
        limited: () => {
          if (!isLimitSaid) run.context.log.info('reading ends at max_pages or max_records', { stream })
          isLimitSaid = true
        },
        // Lanes are ahead already, and know when to stop.
        isAhead: false,
      }),
    ignored,
    guesses: () => ({ body: reader.found(), ...(guess && { paging: guess }) }),
  }
}

/**
 * Read anew for each of its children: what they need of it would not fit into memory. From the `start` of its settings on,
 * as on its own first run.
 */
async function openParent(run: Run, { partition, request, include }: StreamPlan): Promise<ParentSource | undefined> {
  const plan = partition.parent === undefined ? undefined : run.plan.streams.get(partition.parent)
  if (!plan) return undefined
  const fields = parentFields({ request, include })
  const key = plan.incremental && namedKey(plan.incremental, plan.flatten)
  const source = await openSource(run, plan, { key, fields })
  return { plan, wanted: source.wanted, fields, read: (bookmark) => readStream(source, bookmark) }
}

function requestFor({ request: plan }: StreamPlan, key: ReplicationKey | undefined, { scopes, from, to }: Sequence) {
  const { send, sendEnd } = key?.incremental ?? {}
  const request = requestOf(plan, scopes)
  const begun = send && from !== undefined ? withValue(request, send, from) : request
  return sendEnd && to !== undefined ? withValue(begun, sendEnd, to) : begun
}

function policyOf(plan: StreamPlan, reader: PageReader) {
  const { name: stream, isSafe, auth, retry, errors, rate } = plan
  return {
    stream,
    isSafe,
    auth,
    retry,
    errors,
    ...(rate && { rate }),
    body: (response: HttpResponse) => ruleBody(reader, response),
  }
}

function countingIgnored(client: Client) {
  let count = 0
  const send: Client['send'] = async (...sending) => {
    const answer = await client.send(...sending)
    if (answer.outcome === 'ignore') count++
    return answer
  }
  return { client: { ...client, send }, ignored: () => count }
}

function endingWith(client: Client, unwanted: AbortSignal): Client {
  return { ...client, send: (request, policy) => client.send(request, policy, unwanted) }
}

function eachOnce(paths: readonly Path[]): Path[] {
  return paths.filter((path, index) => paths.findIndex((other) => isSamePath(path, other)) === index)
}
