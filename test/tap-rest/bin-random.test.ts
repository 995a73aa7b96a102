import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import fc from 'fast-check'
import type { JsonObject } from '../../singer/json.js'
import { type Api, encoded, type Fault, type FaultRule, startApi, status, tooMany } from '../support/api-server.js'
import type { Running } from '../support/bins.js'
import { allKinds, eager, kinds } from './kinds.js'
import { type Ran, start } from './running.js'

const passing: readonly Fault[] = ['reset', 'refuse', status(500), status(503), tooMany(0), status(408)]
const harmless: readonly Fault[] = [encoded('gzip'), encoded('br'), encoded('deflate'), { pauseMs: 5 }]

interface Kill {
  readonly signal: 'SIGTERM' | 'SIGKILL'
  /** After so many lines of output. */
  readonly afterLines: number
}

const runs = fc.record({
  kind: fc.constantFrom(...allKinds),
  records: fc.nat(40),
  pageSize: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 }),
  faults: fc.array(
    fc.record({
      after: fc.nat(25),
      times: fc.integer({ min: 1, max: 2 }),
      fault: fc.constantFrom(...passing, ...harmless),
    }),
    { maxLength: 2 },
  ),
  kills: fc.array(
    fc.record({ signal: fc.constantFrom('SIGTERM' as const, 'SIGKILL' as const), afterLines: fc.nat(90) }),
    { maxLength: 2 },
  ),
})

/** One stream for each way in which a state tells where to go on. */
function settingsFor(url: string, kind: string) {
  const changes = { path: '/page-bare', records: '$', paginate: 'page' }
  const incremental = { key: 'updated_at', param: 'since', start: '2024-01-01T00:00:00Z' }
  return {
    base_url: url,
    defaults: { ...eager, retry: { attempts: 8, base: 0.01, cap: 0.02 } },
    streams: {
      whole: kinds[kind],
      ascending: { ...changes, incremental: { ...incremental, order: 'asc' } },
      windows: {
        ...changes,
        params: { to: 'now' },
        incremental: { ...incremental, end_param: 'until', step: 'P365D' },
      },
      children: {
        path: '/parents/{parent.id}/children',
        parent: 'ascending',
        records: '$',
        paginate: 'page',
        concurrency: 3,
        state: 'per_parent',
        incremental,
      },
    },
  }
}

describe('tap-rest, whatever the kind of paging, sizes, faults and kills', function () {
  this.timeout(240_000)

  it('every record arrives; without a kill once, and a run after a whole one brings nothing again', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async ({ kind, records, pageSize, faults, kills }) => {
        const slow: FaultRule = { fault: { pauseMs: 3 } }
        const api = await startApi({ records, pageSize, faults: [...faults, slow] })
        try {
          const settings = settingsFor(api.url, kind)
          const ran = await runThrough(settings, kills)
          expectWhole(api, ran)
          if (kills.length === 0) for (const ids of ran.ids.values()) expect(new Set(ids).size).to.equal(ids.length)
          await expectNothingNew(settings, ran.state)
        } finally {
          await api.close()
        }
      }),
      { numRuns: 15 },
    )
  })

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`${signal} behind any STATE of an ascending stream: the next run begins there, and nothing is missing`, async () => {
      const api = await startApi({ records: 35_000, pageSize: 1_000 })
      try {
        const { streams, ...others } = settingsFor(api.url, 'none')
        const settings = { ...others, streams: { ascending: streams.ascending } }
        const found: string[] = []
        let state: JsonObject | undefined
        for (const afterLines of [10_500, 10_500, undefined]) {
          const kill = afterLines === undefined ? undefined : { signal, afterLines }
          const ran = await runOnce(settings, state, kill)
          state = ran.states.at(-1)
          found.push(...(ran.ids.get('ascending') ?? []))
        }
        expect(new Set(found).size).to.equal(35_000)
        expect(found.length).to.be.below(70_000)
        await expectNothingNew(settings, state)
      } finally {
        await api.close()
      }
    })
  }
})

interface Through {
  readonly ids: ReadonlyMap<string, readonly string[]>
  readonly state: JsonObject | undefined
}

/** Each run goes on from the last STATE that those before it printed; the one after all kills ends by itself. */
async function runThrough(settings: object, kills: readonly Kill[]): Promise<Through> {
  const ids = new Map<string, string[]>()
  let state: JsonObject | undefined
  for (const kill of [...kills, undefined]) {
    const ran = await runOnce(settings, state, kill)
    state = ran.states.at(-1) ?? state
    for (const [stream, more] of ran.ids) ids.set(stream, [...(ids.get(stream) ?? []), ...more])
    if (ran.code === 0) break
  }
  return { ids, state }
}

async function runOnce(settings: object, state: JsonObject | undefined, kill: Kill | undefined): Promise<Ran> {
  const ran = await start(settings, { state }, (running) => {
    if (kill) void killAfter(running, kill)
    return running.finished
  })
  const killed = { SIGTERM: 143, SIGKILL: 137 }
  expect(ran.code, ran.stderr).to.be.oneOf(kill ? [0, killed[kill.signal]] : [0])
  return ran
}

async function killAfter({ child }: Running, { signal, afterLines }: Kill): Promise<void> {
  let lines = 0
  child.stdout?.on('data', (bytes: Buffer) => {
    lines += bytes.toString('latin1').split('\n').length - 1
  })
  while (lines < afterLines && child.exitCode === null) await sleep(1)
  child.kill(signal)
}

function expectWhole(api: Api, { ids }: Through): void {
  const all = api.records.map(({ id }) => id)
  const children = all.flatMap((id) => [`${id}-1`, `${id}-2`])
  const expected = { whole: all, ascending: all, windows: all, children }
  for (const [stream, wanted] of Object.entries(expected)) {
    expect([...new Set(ids.get(stream))], stream).to.have.members(wanted)
  }
}

async function expectNothingNew(settings: object, state: JsonObject | undefined): Promise<void> {
  const { ids } = await runOnce(settings, state, undefined)
  for (const stream of ['ascending', 'windows', 'children']) expect(ids.get(stream) ?? [], stream).to.deep.equal([])
}
