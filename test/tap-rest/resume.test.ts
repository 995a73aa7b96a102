import { expect } from 'chai'
import fc from 'fast-check'
import type { JsonObject } from '../../singer/index.js'
import type { Bookmark } from '../../singer/state.js'
import type { Incremental } from '../../tap-rest/settings/plan.js'
import type { Source } from '../../tap-rest/sync/source.js'
import { memorySource, paged, type Respond, read, streamPlan } from './syncing.js'

const minute = 60_000
const base = Date.UTC(2024, 0, 1)
const at = (minutes: number) => new Date(base + minutes * minute).toISOString().replace('.000', '')
const until = 200

interface Scenario {
  readonly minutes: readonly number[]
  readonly incremental: Partial<Incremental>
  readonly size: number
  readonly concurrency: number
  /** Of each run but the last, after how many bookmarks it is killed. */
  readonly kills: readonly number[]
}

const modes: readonly Partial<Incremental>[] = [
  {},
  { order: 'asc' },
  { order: 'desc' },
  { mode: 'filter' },
  { mode: 'feed' },
  { step: { months: 0, ms: 37 * minute }, start: at(0) },
  { step: { months: 0, ms: 50 * minute }, start: at(0), order: 'asc' },
  { lookback: { months: 0, ms: 20 * minute } },
  { order: 'asc', lookback: { months: 0, ms: 20 * minute } },
]

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  minutes: fc.array(fc.integer({ min: 0, max: until - 1 }), { maxLength: 40 }),
  incremental: fc.constantFrom(...modes),
  size: fc.integer({ min: 1, max: 7 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  kills: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
})

/** As the API of that mode sorts and filters them. */
function respondWith(records: readonly JsonObject[], { incremental, size }: Scenario): Respond {
  const { mode = 'param', order = 'none' } = incremental
  const sign = mode === 'feed' || order === 'desc' ? -1 : order === 'asc' ? 1 : 0
  const sorted = records.toSorted((a, b) => sign * String(a.updated_at).localeCompare(String(b.updated_at)))
  return ({ from, to }) => {
    const isWithin = ({ updated_at: key }: JsonObject) =>
      mode !== 'param' || ((typeof from !== 'string' || String(key) >= from) && String(key) < String(to))
    return paged(sorted.filter(isWithin), size)
  }
}

function sourceOf(records: readonly JsonObject[], scenario: Scenario): Promise<Source> {
  const { incremental, concurrency } = scenario
  const plan = streamPlan({ incremental: { format: 'iso_z', ...incremental }, partition: { concurrency } })
  return memorySource(plan, respondWith(records, scenario), { startedAt: at(until) })
}

describe('tap-rest resuming', () => {
  it('completes the set from whatever state a killed run has left, and sends nothing that was complete again', async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        const records = scenario.minutes.map((minutes, id) => ({ id, updated_at: at(minutes) }))
        const source = await sourceOf(records, scenario)
        const seen = new Set<unknown>()
        let bookmark: Bookmark = {}
        for (const kill of [...scenario.kills, Number.POSITIVE_INFINITY]) {
          const run = await read(source, { bookmark, stopAt: ({ bookmarks }) => bookmarks >= kill })
          expect(run.failure).to.equal(undefined)
          for (const id of run.ids) seen.add(id)
          bookmark = run.bookmark
        }
        expect(seen.size).to.equal(records.length)
        expect((await read(source, { bookmark })).ids).to.deep.equal([])
      }),
      { numRuns: 300 },
    )
  })

  it('sends what is new or has changed since the last run, once', async () => {
    const changes = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(scenarios, changes, async (scenario, changed) => {
        const records: JsonObject[] = scenario.minutes.map((minutes, id) => ({ id, updated_at: at(minutes) }))
        const { bookmark } = await read(await sourceOf(records, scenario))
        const latest = Math.max(0, ...scenario.minutes)
        const news = changed.map((minutes, index) => ({
          id: 1000 + index,
          updated_at: at(Math.min(until - 1, latest + minutes)),
        }))
        const moved = records.map((record) =>
          Number(record.id) % 5 === 0 ? { ...record, updated_at: at(latest), v: 2 } : record,
        )
        const second = await read(await sourceOf([...moved, ...news], scenario), { bookmark })
        const expected = [...moved.filter(({ v }) => v === 2), ...news].map(({ id }) => id)
        expect(second.ids).to.have.members(expected)
      }),
      { numRuns: 200 },
    )
  })
})
