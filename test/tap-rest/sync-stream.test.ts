import { expect } from 'chai'
import type { Json } from '../../singer/index.js'
import { parseExpression } from '../../tap-rest/settings/expression.js'
import type { ErrorRule, Paginate, StreamPlan } from '../../tap-rest/settings/plan.js'
import { parseTemplate } from '../../tap-rest/settings/template.js'
import { type Api, type ApiOptions, apiRecords, startApi, status } from '../support/api-server.js'
import { type Settings, streamPlan } from './syncing.js'
import { syncs } from './syncing-api.js'

const rules = { emptyPageContinues: false, shortPageStops: false }
// biome-ignore lint/suspicious/noThenProperty: the word of the settings
const excuse = (when: string): ErrorRule => ({ when: parseExpression(when), then: 'ignore' })
const auto: Paginate = { kind: 'auto', ...rules }
const none: Paginate = { kind: 'none', ...rules }

describe('tap-rest sync', () => {
  let api: Api
  const started = async (options?: ApiOptions) => {
    api = await startApi(options)
    return api
  }
  const plan = (path: string, settings: Settings = {}): StreamPlan =>
    streamPlan({ url: `${api.url}${path}`, ...settings, more: { paginate: auto, ...settings.more } })
  afterEach(() => api.close())

  it('sends SCHEMA, all records of all pages, and the version that replaces what was there', async () => {
    await started()
    const { messages, ids, failure } = await syncs(api, [plan('/next')])
    expect(failure).to.equal(undefined)
    expect(messages.map(({ type }) => type).join(' ')).to.equal(
      `SCHEMA ACTIVATE_VERSION SCHEMA ${'RECORD '.repeat(10)}ACTIVATE_VERSION STATE`,
    )
    expect(ids).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    const versions = messages.flatMap((message) => ('version' in message ? [message.version] : []))
    expect(new Set(versions).size).to.equal(1)
  })

  it('activates the version of a stream that the target has only when all is read', async () => {
    await started({ faults: [{ after: 1, fault: status(404) }] })
    const state = { bookmarks: { items: { initial_full_table_complete: true } } }
    const { messages, failure } = await syncs(api, [plan('/next')], { state })
    expect(failure?.message).to.contain('404')
    expect(messages.map(({ type }) => type)).to.deep.equal(['SCHEMA', 'SCHEMA', 'RECORD', 'RECORD', 'RECORD'])
  })

  it('has no version where max_records leaves records behind', async () => {
    await started()
    const { messages } = await syncs(api, [plan('/next', { more: { paginate: { ...auto, maxRecords: 4 } } })])
    expect(messages.map(({ type }) => type).filter((type) => type === 'ACTIVATE_VERSION')).to.deep.equal([])
  })

  it('puts the bounds where the settings want them, and keeps them from page to page', async () => {
    await started()
    const incremental = {
      start: '2024-01-01T00:04:00Z',
      send: { param: 'since' },
      sendEnd: { param: 'until' },
      format: 'iso_z',
    } as const
    const first = await syncs(
      api,
      [plan('/page', { incremental, more: { paginate: { kind: 'page', to: { param: 'page' }, start: 1, ...rules } } })],
      {
        startedAt: '2024-01-01T00:08:00Z',
      },
    )
    expect(first.ids).to.deep.equal([5, 6, 7, 8])
    expect(first.asked[1]).to.contain('since=2024-01-01T00%3A04%3A00Z&until=2024-01-01T00%3A08%3A00Z')
    const second = await syncs(api, [plan('/page', { incremental })], { state: first.state })
    expect(second.asked[0]).to.contain('since=2024-01-01T00%3A07%3A00Z')
    expect(second.ids).to.not.include(8)
  })

  it('reads whole what the catalog wants whole, and leaves the bookmark of other streams', async () => {
    await started()
    const state = {
      bookmarks: {
        other: { x: 1 },
        items: { replication_key: 'updated_at', replication_key_value: '2024-01-01T00:08:00Z' },
      },
    }
    const incremental = { send: { param: 'since' } }
    const { ids, state: after } = await syncs(api, [plan('/next', { incremental })], {
      state,
      stream: { replicationMethod: 'FULL_TABLE' },
    })
    expect(ids).to.have.length(10)
    expect(after).to.deep.equal({ bookmarks: { other: { x: 1 }, items: { initial_full_table_complete: true } } })
  })

  it('reads window by window what the catalog wants whole, from the start on', async () => {
    await started()
    const step = { months: 0, ms: 5 * 60_000 }
    const params = { since: '{window.start}', until: '{window.end}' }
    const incremental = { start: '2024-01-01T00:02:00Z', step, format: 'iso_z' as const }
    const { ids, messages, asked } = await syncs(api, [plan('/all', { incremental, params })], {
      stream: { replicationMethod: 'FULL_TABLE' },
      startedAt: '2024-01-01T00:09:00Z',
    })
    expect(asked).to.have.length(2)
    expect(ids).to.deep.equal([3, 4, 5, 6, 7, 8, 9])
    expect(messages.filter(({ type }) => type === 'STATE')).to.have.length(1)
  })

  const strange: readonly (readonly [stored: Json, warns: RegExp, asked: string | undefined])[] = [
    [{ a: 1 }, /no value of a key: all records are read/, undefined],
    [[1], /no value of a key: all records are read/, undefined],
    [true, /no value of a key: all records are read/, undefined],
    ['', /no value of a key: all records are read/, undefined],
    ['2999-01-01T00:00:00Z', /lies in the future/, '2999-01-01T00:00:00Z'],
    ['!hello', /compared as texts/, '!hello'],
  ]
  for (const [stored, warns, since] of strange) {
    it(`warns of a bookmark that is ${JSON.stringify(stored)}`, async () => {
      await started()
      const state = { bookmarks: { items: { replication_key: 'updated_at', replication_key_value: stored } } }
      const incremental = { send: { param: 'since' } }
      const { lines, asked, state: after } = await syncs(api, [plan('/next', { incremental })], { state })
      expect(new URL(asked[0] ?? '', api.url).searchParams.get('since') ?? undefined).to.equal(since)
      expect(
        lines
          .filter(({ level }) => level === 'warning')
          .map(({ message }) => message)
          .join('\n'),
      ).to.match(warns)
      if (since === undefined)
        expect(after.bookmarks).to.have.nested.property('items.replication_key_value').that.is.a('string')
    })
  }

  it('compares by a key of the catalog what it does not ask the API for', async () => {
    await started()
    const state = { bookmarks: { items: { replication_key: 'id', replication_key_value: 8 } } }
    const stream = { replicationMethod: 'INCREMENTAL', replicationKey: 'id' } as const
    const { ids, state: after } = await syncs(api, [plan('/next')], { state, stream })
    expect(ids).to.deep.equal([8, 9, 10])
    expect(after.bookmarks).to.have.nested.property('items.replication_key_value', 10)
  })

  it('stops reading a feed behind its news', async () => {
    await started({ records: 30 })
    const incremental = { mode: 'feed' as const, order: 'desc' as const }
    const paginate: Paginate = { kind: 'page', to: { param: 'page' }, start: 1, ...rules }
    const feed = plan('/feed', { incremental, more: { paginate } })
    const state = {
      bookmarks: { items: { replication_key: 'updated_at', replication_key_value: '2024-01-01T00:25:00Z' } },
    }
    const { ids, asked } = await syncs(api, [feed], { state })
    expect(ids).to.deep.equal([30, 29, 28, 27, 26])
    expect(asked.length).to.be.at.most(3)
  })

  it('sends once what comes again where two pages meet', async () => {
    await started()
    const paginate: Paginate = { kind: 'next', path: ['next_page'], ...rules }
    const params = { start_time: '{state}' }
    const { ids, asked } = await syncs(api, [plan('/zendesk', { incremental: {}, params, more: { paginate } })])
    expect(ids).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(asked.at(1)).to.equal('/zendesk?start_time=2024-01-01T00%3A02%3A00Z')
  })

  describe('children', () => {
    const child = (path: string, settings: Settings = {}) =>
      plan(path, {
        name: 'children',
        ...settings,
        partition: { parent: 'items', ...settings.partition },
        more: { paginate: none, ...settings.more },
      })
    const all = (count: number, each: number) =>
      Array.from({ length: count * each }, (_, i) => `${Math.floor(i / each) + 1}-${(i % each) + 1}`)

    const places: readonly [
      title: string,
      path: string,
      settings: Settings['more'],
      params?: Readonly<Record<string, Json>>,
    ][] = [
      ['in its path', '/parents/{parent.id}/children', {}],
      ['in its query', '/children', {}, { parent: '{parent.id}' }],
      ['in a header', '/children-header', {}],
      ['in a JSON body', '/children-json', {}],
      ['in a form', '/children-form', {}],
    ]
    for (const [title, path, more, params = {}] of places) {
      it(`names the parent ${title}`, async () => {
        await started({ childrenPer: 2 })
        const base = child(path, { params, more: { ...more } })
        const url = base.request.url
        const value = parseTemplate({ parent: '{parent.id}' })
        const requests: Readonly<Record<string, Partial<StreamPlan['request']>>> = {
          '/children-header': { headers: { 'x-parent': parseTemplate('{parent.id}') } },
          '/children-json': { method: 'POST', body: { type: 'json', value } },
          '/children-form': { method: 'POST', body: { type: 'form', value } },
        }
        const request = { ...base.request, url, ...requests[path] }
        const { ids, failure } = await syncs(api, [plan('/next'), { ...base, request }])
        expect(failure).to.equal(undefined)
        expect(ids).to.deep.equal(all(10, 2))
      })
    }

    it('reads the parents from their start on, in their windows', async () => {
      await started({ childrenPer: 1 })
      const step = { months: 0, ms: 5 * 60_000 }
      const params = { since: '{window.start}', until: '{window.end}' }
      const parents = plan('/all', { incremental: { start: '2024-01-01T00:02:00Z', step, format: 'iso_z' }, params })
      const { ids, asked } = await syncs(api, [parents, child('/parents/{parent.id}/children')], {
        startedAt: '2024-01-01T00:09:00Z',
      })
      expect(ids).to.deep.equal(all(9, 1).slice(2))
      expect(asked.filter((request) => request.startsWith('/all'))).to.have.length(2)
    })

    it('takes ids of parents that no double holds', async () => {
      await started({ records: apiRecords(2, { firstId: 9007199254740993n }), childrenPer: 1 })
      const { ids } = await syncs(api, [plan('/next'), child('/parents/{parent.id}/children')])
      expect(ids).to.deep.equal(['9007199254740993-1', '9007199254740994-1'])
    })

    it('reads children of many parents at once, and sends them in the order of the parents', async () => {
      await started({ records: 20, childrenPer: 3, faults: [{ after: 1, fault: { headersAfterMs: 10 } }] })
      const { ids } = await syncs(api, [
        plan('/all'),
        child('/parents/{parent.id}/children', { partition: { concurrency: 4 } }),
      ])
      expect(ids).to.deep.equal(all(20, 3))
      expect(api.mostAtOnce).to.be.within(3, 5)
    })

    it('asks for many parents at once', async () => {
      await started({ childrenPer: 1 })
      const { ids, asked } = await syncs(api, [
        plan('/all'),
        child('/children-bulk', { params: { ids: '{parent.id|join(,)}' }, partition: { chunk: 4 } }),
      ])
      expect(ids).to.deep.equal(all(10, 1))
      expect(asked.slice(1)).to.deep.equal(
        ['1%2C2%2C3%2C4', '5%2C6%2C7%2C8', '9%2C10'].map((ids) => `/children-bulk?ids=${ids}`),
      )
    })

    it('fails when one of them is not found', async () => {
      await started({ faults: [{ path: '/parents/3/children', fault: status(404) }] })
      const { failure, messages } = await syncs(api, [plan('/all'), child('/parents/{parent.id}/children')])
      expect(failure?.message).to.contain('404')
      expect(messages.at(-1)?.type).to.equal('RECORD')
    })

    it('goes on when a rule excuses it, and says how many there were', async () => {
      await started({
        faults: [
          { path: '/parents/3/children', fault: status(404) },
          { path: '/parents/5/children', fault: status(410) },
        ],
        childrenPer: 1,
      })
      const errors = [excuse('status == 404 or status == 410')]
      const { ids, lines, failure } = await syncs(api, [
        plan('/all'),
        child('/parents/{parent.id}/children', { more: { errors } }),
      ])
      expect(failure).to.equal(undefined)
      expect(ids).to.deep.equal(['1-1', '2-1', '4-1', '6-1', '7-1', '8-1', '9-1', '10-1'])
      expect(lines.filter(({ level, fields }) => level === 'warning' && fields.stream === 'children')).to.deep.equal([
        {
          level: 'warning',
          message: 'answers were ignored, as a rule of the settings says',
          fields: { stream: 'children', answers: 2 },
        },
      ])
    })

    it('is not led astray about the records by an error that a rule has seen', async () => {
      await started({
        faults: [{ path: '/parents/1/children', fault: status(200, {}, '{"ok":false,"items":[{"id":1}]}') }],
        childrenPer: 1,
      })
      const errors = [excuse('body.ok == false')]
      const { ids } = await syncs(api, [plan('/all'), child('/parents/{parent.id}/children', { more: { errors } })])
      expect(ids).to.deep.equal(all(10, 1).slice(1))
    })
  })

  it('has columns of the parameters that were sent, with the type that the settings gave them', async () => {
    await started()
    const include = { lat: '{params.lat}', page: '{params.page}', count: '{body.total}' }
    const { records } = await syncs(api, [
      plan('/page', {
        params: { lat: 42.36, lon: '{list}' },
        include,
        partition: { list: [1] },
        more: { paginate: { kind: 'page', to: { param: 'page' }, start: 1, ...rules } },
      }),
    ])
    expect(Object.entries(records[0] ?? {}).slice(0, 2)).to.deep.equal([
      ['lat', 42.36],
      ['page', '1'],
    ])
    expect(records[9]).to.include({ page: '4' })
  })

  it('is stopped within a page: STATE of what is complete, and no failure', async () => {
    await started({ records: 9 })
    const incremental = { order: 'asc' as const }
    const pace = { stateRows: 1000, stateSeconds: 1000 }
    let count = 0
    const { messages, failure } = await syncs(api, [plan('/next', { incremental })], {
      pace,
      watch: ({ type }) => (type === 'RECORD' && ++count === 4 ? 'abort' : undefined),
    })
    expect(failure).to.equal(undefined)
    const last = messages.at(-1)
    expect(last?.type === 'STATE' && last.value.bookmarks).to.have.nested.property(
      'items.replication_key_value',
      '2024-01-01T00:05:00Z',
    )
  })

  it('says which stream the settings do not have', async () => {
    await started()
    const { failure } = await syncs(api, [plan('/next')], { stream: { id: 'gone' } })
    expect(failure?.message).to.equal(
      'read gone: the settings have no such stream; take it out of the catalog, or discover again',
    )
  })
})
