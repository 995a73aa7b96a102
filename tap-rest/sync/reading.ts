import type { Bookmark } from '../../singer/state.js'
import type { Page } from '../page/page.js'
import { storedPosition, storedValue } from './bookmarks.js'
import { Cursor, type Findings, type Mark } from './cursor.js'
import { before, type Key, type KeyRules } from './key-order.js'
import { keyRules, lowerBound } from './replication-key.js'
import { fieldIndex, type Source } from './source.js'

/** The records behind one bookmark. */
export interface Reading {
  readonly rules: KeyRules
  /** Records from here on are wanted; absent: all. */
  readonly lower: Key | undefined
  /** The records of a page that are to be sent. */
  select(page: Page, partition: string): number[]
  /** How far it reaches with what was selected so far. */
  mark(): Mark
  /** What a STATE may say of it. */
  kept: Mark
  /** `kept` as of the last window or parent that was read to its end. */
  closed: Mark
  /** A limit of the settings ended it early: behind what was read may be older records. */
  isCut: boolean
}

export interface ReadingOptions {
  readonly findings: Findings
  /** Hashes at the boundary that the bookmark may hold. */
  readonly limit: number
}

/** Goes on behind the bookmark; a stream without a replication key is read whole. */
export function openReading(source: Source, bookmark: Bookmark, { findings, limit }: ReadingOptions): Reading {
  const { key, plan, startedAt } = source
  if (!key) return wholeReading
  const rules = keyRules(key, storedValue(bookmark, key))
  const from = storedPosition(bookmark, key, rules)
  const lower = lowerBound(key, rules, from)
  const cursor = new Cursor(from, {
    incremental: key.incremental,
    rules,
    field: fieldIndex(source, key.incremental.key),
    hasPrimaryKey: plan.primaryKey.length > 0,
    ...(key.incremental.mode === 'param' ? { asked: lower && before(lower, tolerance, rules) } : { lower }),
    startedAt,
    findings,
    limit,
  })
  return {
    rules,
    lower,
    select: (page, partition) => cursor.select(page, partition),
    mark: () => cursor.mark(),
    kept: () => from,
    closed: () => from,
    isCut: false,
  }
}

/** A filter may know days only, and those of another time zone. */
const tolerance = { months: 0, ms: 2 * 86_400_000 }

const wholeReading: Reading = {
  rules: { format: 'iso', numbersAreTimes: false },
  lower: undefined,
  select: ({ count }) => [...Array(count).keys()],
  mark: () => () => undefined,
  kept: () => undefined,
  closed: () => undefined,
  isCut: false,
}
