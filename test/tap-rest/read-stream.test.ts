import { expect } from 'chai'
import type { Json, JsonObject } from '../../singer/index.js'
import type { Incremental } from '../../tap-rest/settings/plan.js'
import type { Sequence } from '../../tap-rest/sync/source.js'
import { testContext } from './sending.js'
import { memorySource, paged, read, type Settings, type SourceSettings, streamPlan } from './syncing.js'

const day = (n: number, time = '00:00:00Z') => `2024-01-${String(n).padStart(2, '0')}T${time}`
const item = (id: number, updated_at: Json = day(id), more: JsonObject = {}): JsonObject => ({
  id,
  updated_at,
  ...more,
})
const days = (ms: number) => ({ months: 0, ms: ms * 86_400_000 })

/** An API that knows these records, answers with those from `from` up to `to`, and what it was asked. */
function api(records: readonly JsonObject[], size = 100) {
  const asked: Sequence[] = []
  const respond = (sequence: Sequence) => {
    asked.push(sequence)
    const { from, to } = sequence
    const isWithin = ({ updated_at: at }: JsonObject) =>
      typeof at !== 'string' ||
      !at.startsWith('20') ||
      ((typeof from !== 'string' || at >= from) && (typeof to !== 'string' || at < to))
    return paged(records.filter(isWithin), size)
  }
  return { asked, respond }
}

async function sync(
  records: readonly JsonObject[],
  settings: Settings & SourceSettings & { size?: number; bookmark?: JsonObject },
) {
  const { asked, respond } = api(records, settings.size)
  const context = testContext()
  const source = await memorySource(streamPlan({ incremental: {}, ...settings }), respond, { context, ...settings })
  const result = await read(source, { bookmark: settings.bookmark ?? {} })
  return { ...result, asked, messages: context.lines.map(({ message }) => message), lines: context.lines }
}

describe('tap-rest incremental', () => {
  const older = [...'x'.repeat(20)].map((_, i) => item(i + 1))
  const asks: [title: string, settings: Settings, value: Json, records: number | undefined][] = [
    ['of an API that filters by days', {}, day(2, '12:00:00Z'), undefined],
    ['of an API that does not filter', {}, day(10), 7],
    ['with a lookback', { incremental: { lookback: days(5) } }, day(10), 2],
    ['with mode: filter', { incremental: { mode: 'filter' } }, day(10), undefined],
    ['with a number', { incremental: { key: ['id'] } }, 10, 9],
  ]
  for (const [title, settings, value, records] of asks) {
    it(`${records ? 'tells' : 'does not speak'} of older records, ${title}`, async () => {
      const plan = streamPlan({ ...settings, incremental: settings.incremental ?? {} })
      const context = testContext()
      const source = await memorySource(plan, () => paged(older, 100), { context })
      const key = plan.incremental?.key.join('.') ?? ''
      await read(source, { bookmark: { replication_key: key, replication_key_value: value } })
      const said = context.lines.filter(({ message }) =>
        message.startsWith('records older than was asked for were sent'),
      )
      expect(said.map(({ fields }) => fields?.records)).to.deep.equal(records === undefined ? [] : [records])
    })
  }

  it('asks for everything first, then from the greatest key on, and sends nothing twice', async () => {
    const records = [item(2), item(3), item(1), item(4, day(3))]
    const first = await sync(records, {})
    expect(first.asked[0]?.from).to.equal(undefined)
    expect(first.ids).to.deep.equal([2, 3, 1, 4])
    expect(first.bookmark).to.include({ replication_key: 'updated_at', replication_key_value: day(3) })
    expect(first.bookmark.boundary).to.have.length(2)

    const second = await sync([...records, item(5, day(3))], { bookmark: first.bookmark })
    expect(second.asked[0]).to.include({ from: day(3) })
    expect(second.asked[0]?.scopes.state).to.equal(day(3))
    expect(second.ids).to.deep.equal([5])

    expect(second.messages).to.deep.equal([])

    const third = await sync([...records, item(5, day(3))], { bookmark: second.bookmark })
    expect(third.ids).to.deep.equal([])
    expect(third.bookmark).to.deep.equal(second.bookmark)
  })

  it('sends a record at the boundary again when it has changed', async () => {
    const { bookmark } = await sync([item(1, day(1), { note: 'old' })], {})
    const { records } = await sync([item(1, day(1), { note: 'new' })], { bookmark })
    expect(records).to.deep.equal([item(1, day(1), { note: 'new' })])
  })

  it('drops a record at the boundary as often as it was sent', async () => {
    const { bookmark } = await sync([item(1), item(1)], {})
    expect((await sync([item(1), item(1), item(1)], { bookmark })).ids).to.deep.equal([1])
  })

  it('keeps what was sent at a boundary that an API with an exclusive filter does not show again', async () => {
    const { bookmark } = await sync([item(1)], {})
    const unseen = await sync([], { bookmark })
    expect(unseen.bookmark).to.deep.equal(bookmark)
  })

  it('has no boundary without a primary key', async () => {
    const { bookmark } = await sync([item(1)], { primaryKey: [] })
    expect(bookmark).to.deep.equal({ replication_key: 'updated_at', replication_key_value: day(1) })
    expect((await sync([item(1)], { primaryKey: [], bookmark })).ids).to.deep.equal([1])
  })

  it('never moves the bookmark back', async () => {
    const bookmark = { replication_key: 'updated_at', replication_key_value: day(9) }
    expect((await sync([item(1, null)], { bookmark })).bookmark).to.deep.equal(bookmark)
  })

  it('keeps the bookmark before the start of the run, and sends what came later only once', async () => {
    const records = [item(1), item(2, day(5))]
    const first = await sync(records, { startedAt: day(3) })
    expect(first.ids).to.deep.equal([1])
    const other = { asked: [], respond: () => [records] }
    const all = await read(await memorySource(streamPlan({ incremental: {} }), other.respond, { startedAt: day(3) }))
    expect(all.ids).to.deep.equal([1, 2])
    expect(all.bookmark.replication_key_value).to.equal(day(3))
    expect((await sync(records, { bookmark: all.bookmark })).ids).to.deep.equal([])
  })

  it('sends records without a value in the key, counts them, and does not bookmark them', async () => {
    const { ids, bookmark, lines } = await sync([item(1), item(2, null), { id: 3 }, item(4, '')], {})
    expect(ids).to.deep.equal([1, 2, 3, 4])
    expect(bookmark.replication_key_value).to.equal(day(1))
    expect(lines.map(({ fields }) => fields)).to.deep.equal([
      { stream: 'items', replication_key: 'updated_at', records: 3 },
    ])
  })

  it('has no bookmark as long as no record has a value in the key', async () => {
    expect((await sync([item(1, null)], {})).bookmark).to.deep.equal({ replication_key: 'updated_at' })
  })

  it('reads all records, and says so, when the key is another one than in the state', async () => {
    const { asked, messages } = await sync([item(1)], {
      bookmark: { replication_key: 'created_at', replication_key_value: day(9), boundary: ['x'] },
    })
    expect(asked[0]?.from).to.equal(undefined)
    expect(messages).to.deep.equal(['the replication key is another one than in the state: all records are read'])
  })

  it("goes on from the SDK's bookmark, whose marks of an unsorted stream do not count", async () => {
    const { asked, bookmark } = await sync([item(8)], {
      bookmark: {
        replication_key: 'updated_at',
        replication_key_value: day(2),
        progress_markers: { replication_key: 'updated_at', replication_key_value: day(6) },
        starting_replication_value: day(1),
        note: 'kept',
      },
    })
    expect(asked[0]?.from).to.equal(day(2))
    expect(bookmark).to.have.all.keys('replication_key', 'replication_key_value', 'boundary', 'note')
  })

  it('does not take ids for times, even if the settings have a date to start with', async () => {
    const incremental = { start: '2024-01-01' }
    const { bookmark } = await sync([item(1, 41), item(2, 42)], { incremental })
    expect(bookmark.replication_key_value).to.equal(42)
    expect((await sync([], { incremental, bookmark })).asked[0]?.from).to.equal(42)
  })

  it('finds a nested key, also under the name that flattening gave it', async () => {
    const key = { incremental: { key: ['meta', 'at'] } }
    const records = [{ id: 1, meta: { at: day(4) } }]
    expect((await sync(records, key)).bookmark).to.include({
      replication_key: 'meta.at',
      replication_key_value: day(4),
    })
    const { asked } = await sync(records, {
      ...key,
      bookmark: { replication_key: 'meta_at', replication_key_value: day(2) },
    })
    expect(asked[0]?.from).to.equal(day(2))
  })

  it('finds its bookmark also under a name that was cleaned', async () => {
    const bookmark = { replication_key: 'last_change', replication_key_value: day(2) }
    const { asked } = await sync([], { incremental: { key: ['last-change'] }, bookmark })
    expect(asked[0]?.from).to.equal(day(2))
  })

  it('keeps the text of the greatest key, compared as an instant with all its digits', async () => {
    const keys = [
      '2024-01-01T12:00:00.123456789Z',
      '2024-01-01T14:00:00.123456790+02:00',
      '2024-01-01 12:00:00.1234567',
    ]
    const { bookmark } = await sync(
      keys.map((key, id) => item(id, key)),
      {},
    )
    expect(bookmark.replication_key_value).to.equal(keys[1])
  })

  it('compares integers of any length', async () => {
    const big = '{"id":1,"updated_at":123456789012345678901}'
    const { asked, respond } = api([])
    const source = await memorySource(streamPlan({ incremental: {} }), respond)
    expect((await read(source, { bookmark: JSON.parse(big) })).bookmark).to.be.an('object')
    const bookmark = { replication_key: 'updated_at', replication_key_value: '99999999999999999999' }
    expect((await sync([item(1, 5), item(2, 7)], { bookmark })).bookmark).to.deep.equal(bookmark)
    expect(asked).to.have.length(1)
  })

  it('compares texts, and says so', async () => {
    const { bookmark, messages } = await sync([item(1, 'b'), item(2, 'c'), item(3, 'a')], {})
    expect(bookmark.replication_key_value).to.equal('c')
    expect(messages[0]).to.contain('compared as texts')
  })

  it('does not let a key of another kind move the bookmark', async () => {
    const { ids, bookmark, messages } = await sync([item(1), item(2, 'soon'), item(3, 99)], {})
    expect(ids).to.deep.equal([1, 2, 3])
    expect(bookmark.replication_key_value).to.equal(day(1))
    expect(messages[0]).to.contain('unlike the others')
  })

  const sent: readonly [title: string, incremental: Partial<Incremental>, stored: Json, from: Json][] = [
    ['the text received', {}, '2024-01-05 10:00:00.5', '2024-01-05 10:00:00.5'],
    ['iso from a date', {}, '2024-01-05', '2024-01-05T00:00:00+00:00'],
    ['iso_z', { format: 'iso_z' }, '2024-01-05T10:00:00+02:00', '2024-01-05T08:00:00Z'],
    ['epoch from a text', { format: 'epoch' }, '2024-01-05T00:00:00Z', 1704412800],
    ['epoch from a number', { format: 'epoch' }, 1704412800, 1704412800],
    ['epoch_ms from seconds', { format: 'epoch_ms' }, '2024-01-05T00:00:00.250Z', 1704412800250],
    ['date from an epoch', { format: 'date' }, 1704412800, '2024-01-05'],
    ['date from an epoch in milliseconds', { format: 'date' }, 1704412800999, '2024-01-05'],
    ['a pattern', { format: 'strftime:%Y%m%d' }, '2024-01-05T10:00:00Z', '20240105'],
    ['a pattern from itself', { format: 'strftime:%Y%m%d' }, '20240105', '20240105'],
    ['a number as it is', {}, 42, 42],
    ['a number less the lookback', { lookback: 10 }, 42, 32],
    ['a long number less the lookback', { lookback: 1 }, '10000000000000000000000', '9999999999999999999999'],
    ['a time less the lookback', { lookback: days(1) }, day(5), day(4)],
    ['a date less the lookback', { lookback: days(1), format: 'date' }, '2024-01-05', '2024-01-04'],
    ['a time less the granularity', { granularity: { months: 0, ms: 1000 } }, day(5), day(4, '23:59:59Z')],
    ['a month back', { lookback: { months: 1, ms: 0 } }, '2024-03-31T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['an epoch less a duration', { lookback: days(1) }, 1704412800, '2024-01-04T00:00:00+00:00'],
    ['seconds before a time', { lookback: 60 }, day(5), day(4, '23:59:00Z')],
    ['the start when it is later', { start: day(6) }, day(5), day(6)],
    ['the bookmark when it is later', { start: day(4) }, day(5), day(5)],
  ]
  for (const [title, incremental, replication_key_value, from] of sent) {
    it(`sends ${title}`, async () => {
      const bookmark = { replication_key: 'updated_at', replication_key_value }
      const { asked } = await sync([], { incremental, bookmark })
      expect(asked[0]?.from).to.deep.equal(from)
    })
  }

  it('sends the start on a first run, and the start of the run as its end', async () => {
    const { asked } = await sync([], {
      incremental: { start: '2024-01-01', format: 'date' },
      startedAt: day(7, '12:00:00Z'),
    })
    expect(asked[0]).to.deep.include({ from: '2024-01-01', to: '2024-01-07' })
  })

  it('reads what the lookback covers again, and sends only what is new there', async () => {
    const incremental = { lookback: days(3) }
    const { bookmark } = await sync([item(1), item(5), item(3)], { incremental })
    expect(bookmark.boundary).to.have.length(2)
    const late = await sync([item(1), item(5), item(3), item(4)], { incremental, bookmark })
    expect(late.ids).to.deep.equal([4])
    expect((await sync([item(5), item(3), item(4)], { incremental, bookmark: late.bookmark })).ids).to.deep.equal([])
  })

  describe('mode filter', () => {
    const incremental = { mode: 'filter' as const }
    it('sends from what an API without a filter has only what is not older than the bookmark', async () => {
      const bookmark = { replication_key: 'updated_at', replication_key_value: day(3) }
      const source = await memorySource(streamPlan({ incremental }), () => [[item(4), item(2), item(3), item(1, null)]])
      const { ids, bookmark: after } = await read(source, { bookmark })
      expect(ids).to.deep.equal([4, 3, 1])
      expect(after.replication_key_value).to.equal(day(4))
    })
    it('sends from `start` on', async () => {
      const source = await memorySource(streamPlan({ incremental: { ...incremental, start: '2024-01-02' } }), () => [
        [1, 2, 3].map((id) => item(id)),
      ])
      expect((await read(source)).ids).to.deep.equal([2, 3])
    })
  })

  describe('mode feed', () => {
    const newest = [9, 8, 7, 6, 5, 4, 3, 2, 1].map((id) => item(id))
    async function feed(incremental: Partial<Incremental>, bookmark: JsonObject, records = newest) {
      let pages = 0
      const source = await memorySource(streamPlan({ incremental: { mode: 'feed', ...incremental } }), function* () {
        for (const page of paged(records, 2)) {
          pages++
          yield page
        }
      })
      const result = await read(source, { bookmark })
      return { ...result, pages }
    }
    const at = (n: number) => ({ replication_key: 'updated_at', replication_key_value: day(n) })

    it('stops behind the first page that is older as a whole', async () => {
      const { ids, pages, bookmark } = await feed({}, at(7))
      expect(ids).to.deep.equal([9, 8, 7])
      expect(pages).to.equal(3)
      expect(bookmark.replication_key_value).to.equal(day(9))
    })
    it('reads as far back as the lookback says', async () => {
      expect(await feed({ lookback: days(2) }, at(7))).to.deep.include({ ids: [9, 8, 7, 6, 5], pages: 4 })
    })
    it('reads all without a bookmark', async () => {
      expect(await feed({}, {})).to.deep.include({ pages: 5 })
    })
    it('goes on behind an old record that is pinned to the top', async () => {
      const { ids } = await feed({}, at(7), [item(1), item(9), item(8), item(7), item(6)])
      expect(ids).to.deep.equal([9, 8, 7])
    })
    it('moves the bookmark at the end only', async () => {
      expect((await feed({}, at(7))).bookmarks).to.have.length(1)
    })
  })

  describe('order asc', () => {
    const incremental = { order: 'asc' as const }
    const records = [1, 2, 3, 4, 5, 6].map((id) => item(id))
    it('moves the bookmark at the border of each page where a state is due', async () => {
      const { bookmarks } = await sync(records, { incremental, size: 2 })
      expect(bookmarks.map(({ after, bookmark }) => [after, bookmark.replication_key_value])).to.deep.equal([
        [2, day(2)],
        [4, day(4)],
        [6, day(6)],
        [6, day(6)],
      ])
    })
    it('falls back to the end, takes back what it said and says so once, when records come out of order', async () => {
      const shuffled = [1, 2, 4, 3, 6, 5].map((id) => item(id))
      const { bookmarks, messages } = await sync(shuffled, { incremental, size: 2 })
      expect(bookmarks.map(({ after, bookmark }) => [after, bookmark.replication_key_value])).to.deep.equal([
        [2, day(2)],
        [4, undefined],
        [6, day(6)],
      ])
      expect(messages).to.have.length(1)
    })
    it('keeps what a run with max_pages has read', async () => {
      const paginate = { kind: 'none', emptyPageContinues: false, shortPageStops: false, maxPages: 2 } as const
      const { respond } = api(records.slice(0, 4), 2)
      const limited = async (order: 'asc' | 'none') =>
        read(await memorySource(streamPlan({ incremental: { order }, more: { paginate } }), respond))
      expect((await limited('asc')).bookmark.replication_key_value).to.equal(day(4))
      expect((await limited('none')).bookmark).to.deep.equal({ replication_key: 'updated_at' })
    })
  })

  it('yields what is complete, and ends, when the run is stopped', async () => {
    const abort = new AbortController()
    const context = testContext(abort.signal)
    const { respond } = api(
      [1, 2, 3, 4].map((id) => item(id)),
      1,
    )
    const plan = (order: 'asc' | 'none') => streamPlan({ incremental: { order } })
    for (const [order, value] of [
      ['asc', day(2)],
      ['none', undefined],
    ] as const) {
      const stopped = new AbortController()
      const source = await memorySource(plan(order), respond, { context: testContext(stopped.signal), stateRows: 100 })
      const result = await read(
        { ...source, pace: { stateRows: 100, stateSeconds: 100 } },
        {
          stopAt({ records }) {
            if (records === 2) stopped.abort(new Error('SIGTERM'))
            return false
          },
        },
      )
      expect(result).to.deep.include({ ids: [1, 2] })
      expect(result.bookmark.replication_key_value).to.equal(value)
    }
    expect(context.lines).to.deep.equal([])
  })
})

describe('tap-rest windows', () => {
  const step = days(1)
  const incremental = { start: day(1), step, format: 'iso_z' as const }
  const windowsOf = (asked: readonly Sequence[]) => asked.map(({ scopes }) => scopes.window)

  it('reads windows up to the start of the run, with a state behind each', async () => {
    const records = [item(1), item(2, day(2, '10:00:00Z')), item(3)]
    const { asked, bookmarks } = await sync(records, { incremental, startedAt: day(3, '12:00:00Z') })
    expect(asked.map(({ from, to }) => [from, to])).to.deep.equal([
      [day(1), day(2)],
      [day(2), day(3)],
      [day(3), day(3, '12:00:00Z')],
    ])
    expect(windowsOf(asked)[0]).to.deep.equal({ start: day(1), end: day(2) })
    expect(bookmarks.map(({ after, bookmark }) => [after, bookmark.replication_key_value])).to.deep.equal([
      [1, day(1)],
      [2, day(2, '10:00:00Z')],
      [3, day(3)],
      [3, day(3)],
    ])
  })

  it('goes on from the bookmark, less the lookback', async () => {
    const bookmark = { replication_key: 'updated_at', replication_key_value: day(5, '06:00:00Z') }
    const { asked } = await sync([], { incremental: { ...incremental, lookback: step }, bookmark, startedAt: day(6) })
    expect(asked.map(({ from }) => from)).to.deep.equal([day(4, '06:00:00Z'), day(5, '06:00:00Z')])
  })

  it('counts calendar months from the beginning', async () => {
    const monthly = { start: '2024-01-31', step: { months: 1, ms: 0 }, format: 'date' as const }
    const { asked } = await sync([], { incremental: monthly, startedAt: '2024-04-15T00:00:00Z' })
    expect(asked.map(({ from, to }) => [from, to])).to.deep.equal([
      ['2024-01-31', '2024-02-29'],
      ['2024-02-29', '2024-03-31'],
      ['2024-03-31', '2024-04-15'],
    ])
  })

  it('steps back by the granularity where the API excludes the start', async () => {
    const exclusive = { ...incremental, granularity: { months: 0, ms: 1000 } }
    const { asked } = await sync([], { incremental: exclusive, startedAt: day(2) })
    expect(asked[0]).to.include({ from: '2023-12-31T23:59:59Z', to: day(2) })
  })

  it('asks for nothing when there is no time between bookmark and run', async () => {
    const bookmark = { replication_key: 'updated_at', replication_key_value: day(5) }
    const { asked, bookmark: after } = await sync([], { incremental, bookmark, startedAt: day(5) })
    expect(asked).to.deep.equal([])
    expect(after).to.deep.equal(bookmark)
  })

  it('fails without anything to begin with', async () => {
    const { failure } = await sync([], { incremental: { step } })
    expect(String(failure)).to.contain('set incremental.start')
  })

  it('does not move the bookmark behind a window that max_pages has cut', async () => {
    const paginate = { kind: 'none', emptyPageContinues: false, shortPageStops: false, maxPages: 1 } as const
    const records = [item(1), item(2, day(1, '10:00:00Z')), item(3, day(2))]
    for (const [order, value] of [
      ['none', undefined],
      ['asc', day(1)],
    ] as const) {
      const respond = ({ from, to }: Sequence) =>
        paged(
          records.filter(({ updated_at: at }) => String(at) >= String(from) && String(at) < String(to)),
          1,
        ).slice(0, 1)
      const plan = streamPlan({ incremental: { ...incremental, order }, more: { paginate } })
      const { ids, bookmark } = await read(await memorySource(plan, respond, { startedAt: day(3) }))
      expect(ids).to.deep.equal([1, 3])
      expect(bookmark.replication_key_value).to.equal(value)
    }
  })

  it('reads several at once and keeps their order', async () => {
    const records = Array.from({ length: 8 }, (_, i) => item(i + 1))
    const { ids, bookmarks } = await sync(records, { incremental, startedAt: day(9), partition: { concurrency: 3 } })
    expect(ids).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8])
    expect(bookmarks.map(({ after, bookmark }) => bookmark.replication_key_value === day(after))).to.not.include(false)
  })

  it('reads a window for the whole list before the next one', async () => {
    const { asked, bookmarks } = await sync([item(1), item(2)], {
      incremental,
      startedAt: day(3),
      partition: { list: ['a', 'b'] },
    })
    expect(asked.map(({ scopes, from }) => [scopes.list, from])).to.deep.equal([
      ['a', day(1)],
      ['b', day(1)],
      ['a', day(2)],
      ['b', day(2)],
    ])
    expect(bookmarks.map(({ after }) => after)).to.deep.equal([2, 4, 4])
  })
})
