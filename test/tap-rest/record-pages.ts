import { createHash } from 'node:crypto'
import type { Json, Stream } from '../../singer/index.js'
import { messageLine } from '../../singer/messages.js'
import type { JsonSchema } from '../../singer/schema.js'
import type { Page } from '../../tap-rest/page/page.js'
import { openInference } from '../../tap-rest/records/infer.js'
import { openRecordWriter } from '../../tap-rest/records/record-writer.js'
import type { StreamPlan } from '../../tap-rest/settings/plan.js'

/** A page of these records, given as JSON texts; slices of one body, as those of the page reader are. */
export function pageOf(records: readonly string[]): Page {
  const body = Buffer.from(`[${records.join()}]`)
  const slices: Buffer[] = []
  let at = 1
  for (const record of records) {
    const end = at + Buffer.byteLength(record)
    slices.push(body.subarray(at, end))
    at = end + 1
  }
  return {
    count: records.length,
    record: (index) => slices[index] ?? Buffer.alloc(0),
    field: () => undefined,
    envelope: null,
    hash: createHash('sha256').update(body).digest('hex'),
  }
}

export function planOf(given: Partial<StreamPlan> & { readonly columns?: readonly string[] } = {}): StreamPlan {
  const { columns = [], ...rest } = given
  const nothing = { references: [], render: () => null }
  return {
    name: 's',
    request: { method: 'GET', url: nothing, params: {}, headers: {} },
    isSafe: true,
    auth: { kind: 'none' },
    records: { path: '$[*]', isOptional: false },
    format: 'json',
    primaryKey: [],
    paginate: { kind: 'none', emptyPageContinues: false, shortPageStops: false },
    partition: { concurrency: 1, state: 'none', childOfChanged: false },
    include: columns.map((column) => ({ column, value: nothing })),
    schema: { infer: { records: 1000, pages: 5, parents: 5 } },
    rawRecord: false,
    retry: { attempts: 1, firstMs: 1, maxMs: 1, maxWaitMs: 1, extraMs: 0 },
    errors: [],
    ...rest,
  }
}

/** What inference says of these records, all of them in one page. */
export function inferred(records: readonly string[], plan = planOf(), included: readonly Json[] = []): JsonSchema {
  const inference = openInference(plan)
  const page = pageOf(records)
  inference.include(included)
  for (let i = 0; i < records.length; i++) inference.add(page, i)
  return inference.schema()
}

export interface Writing {
  /** The catalog's schema with the selected properties. */
  readonly schema: JsonSchema
  readonly plan?: StreamPlan
  readonly keys?: readonly string[]
  readonly deselected?: Stream['deselected']
  readonly included?: readonly Json[]
  readonly version?: number
}

/** The lines of a stream, its first SCHEMA before them; and what the log says. */
export function written(pages: readonly (readonly string[])[], writing: Writing): { lines: string[]; log: string[] } {
  const { schema, plan = planOf(), keys = [], deselected = [], included = [], version } = writing
  const log: string[] = []
  const note = (message: string, fields?: object) => void log.push(`${message} ${JSON.stringify(fields)}`)
  const stream: Stream = {
    id: 's',
    name: 's',
    schema,
    deselected,
    keyProperties: keys,
    isView: false,
    metadata: {},
  }
  const writer = openRecordWriter({
    stream,
    plan,
    log: { debug() {}, info: note, warning: note, critical: note, redact() {} },
    timeExtracted: () => '2026-11-21T06:00:00.000000Z',
    ...(version !== undefined && { version }),
  })
  let text = messageLine(writer.schema())
  for (const page of pages.map(pageOf)) {
    const records = Array.from({ length: page.count }, (_, i) => i)
    for (const message of writer.write(page, records, included)) {
      text += message.type === 'RECORD_LINES' ? message.lines.toString() : messageLine(message)
    }
  }
  return { lines: text.trimEnd().split('\n'), log }
}
