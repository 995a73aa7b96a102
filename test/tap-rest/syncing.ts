import type { Json, JsonObject, Stream } from '../../singer/index.js'
import { parseJson, stableText } from '../../singer/index.js'
import type { Bookmark } from '../../singer/state.js'
import { openPageReader } from '../../tap-rest/page/page-reader.js'
import { parsePath } from '../../tap-rest/settings/path.js'
import type { Incremental, PartitionPlan, StreamPlan } from '../../tap-rest/settings/plan.js'
import { parseTemplate } from '../../tap-rest/settings/template.js'
import type { Asked } from '../../tap-rest/sync/open-source.js'
import { parentFields, wantedOfParent } from '../../tap-rest/sync/parents.js'
import { readStream } from '../../tap-rest/sync/read-stream.js'
import { namedKey } from '../../tap-rest/sync/replication-key.js'
import type { Sequence, Source, Step } from '../../tap-rest/sync/source.js'
import { parseInstant } from '../../tap-rest/sync/times.js'
import { type TestContext, testContext } from './sending.js'

/** What the settings of a stream say; the rest is as it is by default. */
export interface Settings {
  readonly name?: string
  readonly url?: string
  readonly params?: Readonly<Record<string, Json>>
  readonly incremental?: Partial<Incremental>
  readonly partition?: Partial<PartitionPlan>
  readonly include?: Readonly<Record<string, string>>
  readonly primaryKey?: readonly string[]
  readonly more?: Partial<StreamPlan>
}

export function streamPlan(settings: Settings = {}): StreamPlan {
  const { name = 'items', url = 'http://127.0.0.1/items', params = {}, include = {}, incremental } = settings
  const templates = Object.entries(params).map(([key, value]) => [key, parseTemplate(value)] as const)
  return {
    name,
    request: { method: 'GET', url: parseTemplate(url), params: Object.fromEntries(templates), headers: {} },
    isSafe: true,
    auth: { kind: 'none' },
    records: { path: 'auto', isOptional: false },
    format: 'auto',
    primaryKey: (settings.primaryKey ?? ['id']).map(parsePath),
    paginate: { kind: 'none', emptyPageContinues: false, shortPageStops: false },
    ...(incremental && {
      incremental: { key: ['updated_at'], mode: 'param', format: 'iso', order: 'none', ...incremental },
    }),
    partition: { concurrency: 1, state: 'global', childOfChanged: false, ...settings.partition },
    include: Object.entries(include).map(([column, value]) => ({ column, value: parseTemplate(value) })),
    schema: { infer: { records: 1000, pages: 5, parents: 5 } },
    rawRecord: false,
    retry: { attempts: 2, firstMs: 1, maxMs: 2, maxWaitMs: 1000, extraMs: 0 },
    errors: [],
    ...settings.more,
  }
}

/** Answers a sequence with its pages, each a list of records. */
export type Respond = (sequence: Sequence) => Iterable<readonly JsonObject[]>

export interface SourceSettings {
  readonly context?: TestContext
  readonly startedAt?: string
  readonly parent?: Source
  /** Replaces the incremental key of the plan. */
  readonly asked?: Asked
  readonly stateRows?: number
}

/** A source whose pages come from a function instead of a server; they are real pages of a real reader. */
export async function memorySource(plan: StreamPlan, respond: Respond, settings: SourceSettings = {}): Promise<Source> {
  const { context = testContext(), startedAt = '2030-01-01T00:00:00Z', parent, asked = {} } = settings
  const key = 'key' in asked ? asked.key : plan.incremental && namedKey(plan.incremental, plan.flatten)
  const wanted = [...(key ? [key.incremental.key] : []), ...wantedOfParent(plan, asked.fields ?? [])]
  const reader = await openPageReader({
    stream: plan.name,
    records: { path: '$', isOptional: false },
    format: 'json',
    wanted,
  })
  const fields = parentFields(plan)
  const url = new URL('http://127.0.0.1/')
  return {
    ...{ plan, key, wanted, context },
    ...(parent && {
      parent: { plan: parent.plan, wanted: parent.wanted, fields, read: (bookmark) => readStream(parent, bookmark) },
    }),
    startedAt: parseInstant(startedAt) ?? { units: 0n, scale: 0 },
    pace: { stateRows: settings.stateRows ?? 0, stateSeconds: 0 },
    ignored: () => 0,
    async *pages(sequence, unwanted) {
      let number = 0
      for (const records of respond(sequence)) {
        // As a server would, each page takes a while.
        await new Promise((resolve) => setImmediate(resolve))
        unwanted.throwIfAborted()
        context.signal.throwIfAborted()
        const response = { status: 200, headers: {}, url, body: Buffer.from(JSON.stringify(records)) }
        number++
        yield { request: { method: 'GET', url, headers: {} }, response, page: reader.read(response), number }
      }
    },
  }
}

export interface Read {
  readonly records: readonly JsonObject[]
  readonly ids: readonly Json[]
  /** Bookmarks in their order, each with the number of records before it. */
  readonly bookmarks: readonly { readonly after: number; readonly bookmark: Bookmark }[]
  /** The last one, written and read again. */
  readonly bookmark: Bookmark
  readonly failure?: unknown
}

export interface Reading {
  readonly bookmark?: Bookmark
  /** Ends the reading as a killed process does. */
  stopAt?(read: { readonly bookmarks: number; readonly records: number }): boolean
}

export async function read(source: Source, { bookmark = {}, stopAt = () => false }: Reading = {}): Promise<Read> {
  const records: JsonObject[] = []
  const bookmarks: { after: number; bookmark: Bookmark }[] = []
  let failure: unknown
  try {
    for await (const step of readStream(source, bookmark)) {
      if ('bookmark' in step) bookmarks.push({ after: records.length, bookmark: step.bookmark })
      else records.push(...recordsOf(step, source))
      if (stopAt({ bookmarks: bookmarks.length, records: records.length })) break
    }
  } catch (problem) {
    failure = problem
  }
  const last = parseJson(stableText(bookmarks.at(-1)?.bookmark ?? bookmark)) as Bookmark
  return {
    records,
    ids: records.map(({ id }) => id ?? null),
    bookmarks,
    bookmark: last,
    ...(failure ? { failure } : {}),
  }
}

function recordsOf(step: Exclude<Step, { bookmark: Bookmark }>, { plan }: Source): JsonObject[] {
  const included = Object.fromEntries(plan.include.map(({ column }, i) => [column, step.included[i] ?? null]))
  return step.records.map((index) => ({
    ...included,
    ...(parseJson(step.page.record(index).toString()) as JsonObject),
  }))
}

export function streamOf(plan: StreamPlan, more: Partial<Stream> = {}): Stream {
  const keyProperties = plan.primaryKey.map((path) => path.join('.'))
  const schema = { type: 'object', properties: Object.fromEntries(keyProperties.map((name) => [name, keySchema])) }
  return { id: plan.name, name: plan.name, schema, deselected: [], keyProperties, isView: false, metadata: {}, ...more }
}

const keySchema = { type: ['null', 'integer', 'string'] }

/** Pages of so many records each. */
export function paged<T>(records: readonly T[], size: number): T[][] {
  const pages: T[][] = []
  for (let from = 0; from < records.length; from += size) pages.push(records.slice(from, from + size))
  return pages.length === 0 ? [[]] : pages
}
