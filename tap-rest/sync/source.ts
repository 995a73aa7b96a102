import type { Context, Json } from '../../singer/index.js'
import type { Bookmark } from '../../singer/state.js'
import type { StatePace } from '../../singer/state-clock.js'
import type { Page } from '../page/page.js'
import type { Turn } from '../paging/paginator.js'
import type { Path, StreamPlan } from '../settings/plan.js'
import type { Scopes } from '../settings/template.js'
import type { ReplicationKey } from './replication-key.js'
import type { Instant } from './times.js'

/** A stream, open for reading: one that is synced, or one whose records are the parents of another's. */
export interface Source {
  readonly plan: StreamPlan
  /** Absent: all records are read, always. */
  readonly key?: ReplicationKey | undefined
  readonly parent?: ParentSource | undefined
  /** The fields that its pages know, by index. */
  readonly wanted: readonly Path[]
  readonly startedAt: Instant
  readonly context: Context
  readonly pace: StatePace
  /** The pages of one sequence. Once `unwanted` is aborted nobody waits for them. */
  pages(sequence: Sequence, unwanted: AbortSignal): AsyncIterable<Turn>
  /** How many answers a rule of the settings has excused so far. */
  ignored(): number
}

export interface Sequence {
  readonly scopes: Scopes
  /** What `param` and `end_param` are to say. */
  readonly from: Json | undefined
  readonly to: Json | undefined
}

export interface ParentSource extends Pick<Source, 'plan' | 'wanted'> {
  /** What is asked of its records. */
  readonly fields: readonly Path[]
  read(bookmark: Bookmark): AsyncIterable<Step>
}

/** Records to be sent, or how far those before have come. */
export type Step = Batch | { readonly bookmark: Bookmark }

export interface Batch {
  readonly page: Page
  /** Indexes, ascending; never none. */
  readonly records: readonly number[]
  /** Values of the `include` columns. */
  readonly included: readonly Json[]
}

export const usualPace: StatePace = { stateRows: 10_000, stateSeconds: 30 }

/** Reading may end before all is read. */
export function hasLimit({ paginate }: StreamPlan): boolean {
  return paginate.maxPages !== undefined || paginate.maxRecords !== undefined
}

export function fieldIndex({ wanted }: Pick<Source, 'wanted'>, path: Path): number {
  return wanted.findIndex((each) => isSamePath(each, path))
}

export function isSamePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index])
}
