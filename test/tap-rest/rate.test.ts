import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { type Asker, createLimits, type Limits } from '../../tap-rest/http/rate.js'
import type { Rate } from '../../tap-rest/settings/plan.js'
import { testContext } from './sending.js'

const { signal } = new AbortController()
setMaxListeners(0, signal)

const asker = (rate?: Rate, more: Partial<Asker> = {}): Asker => ({
  stream: 'issues',
  host: 'api',
  signal,
  accept: () => undefined,
  ...(rate && { rate }),
  ...more,
})

describe('tap-rest rate', () => {
  let limits: Limits
  beforeEach(() => {
    limits = createLimits(testContext().log)
  })

  it('without a rate nobody waits', async () => {
    expect(await msOf(1_000, asker())).to.be.below(500)
  })

  it('a burst goes at once, then one per interval', async () => {
    const rate = { perSecond: 50, burst: 5 }
    expect(await msOf(5, asker(rate))).to.be.below(60)
    expect(await msOf(10, asker(rate))).to.be.within(190, 900)
  })

  it('a pause fills the bucket again, no further than the burst', async () => {
    const rate = { perSecond: 50, burst: 5 }
    await msOf(5, asker(rate))
    await sleep(400)
    expect(await msOf(5, asker(rate))).to.be.below(60)
    expect(await msOf(5, asker(rate))).to.be.within(90, 600)
  })

  it('fractions of requests per second are fine', async () => {
    expect(await msOf(2, asker({ perSecond: 2.5, burst: 1 }))).to.be.within(390, 900)
  })

  const shared: readonly (readonly [title: string, Asker, Asker, shares: boolean])[] = [
    ['streams of one host share', asker(tens()), asker(tens(), { stream: 'other' }), true],
    ['hosts do not share', asker(tens()), asker(tens(), { host: 'other' }), false],
    ['hosts of one scope share', asker(tens('a')), asker(tens('a'), { host: 'other' }), true],
    ['scopes of one host do not share', asker(tens('a')), asker(tens('b')), false],
  ]
  for (const [title, one, other, shares] of shared) {
    it(`${title} a bucket`, async () => {
      const took = await Promise.all([msOf(2, one), msOf(2, other)])
      expect(Math.max(...took)).to.be.within(...((shares ? [290, 900] : [90, 289]) as [number, number]))
    })

    it(`${title} a pause`, async () => {
      limits.pause(one, 200)
      const ms = await msOf(1, { ...other, rate: { ...tens(), ...other.rate, perSecond: 1000 } })
      expect(ms).to.be.within(...((shares ? [190, 900] : [0, 150]) as [number, number]))
    })
  }

  it('no more than `concurrency` at once, in the order of asking', async () => {
    const limited = asker({ perSecond: Number.POSITIVE_INFINITY, burst: 1, concurrency: 3 })
    let now = 0
    let most = 0
    const order: number[] = []
    await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const over = await limits.turn(limited)
        most = Math.max(most, ++now)
        order.push(index)
        await sleep(10)
        now--
        over()
      }),
    )
    expect(most).to.equal(3)
    expect(order).to.deep.equal(order.toSorted((a, b) => a - b))
  })

  it('a longer pause stands, a shorter one changes nothing', async () => {
    limits.pause(asker(), 200)
    limits.pause(asker(), 50)
    expect(await msOf(1, asker())).to.be.within(190, 900)
  })

  it('whoever cannot wait that long fails at once, and gives its place to others', async () => {
    const rate = { perSecond: 1000, burst: 1, concurrency: 1 }
    limits.pause(asker(rate), 100)
    const refusing = asker(rate, {
      accept() {
        throw new Error('too long')
      },
    })
    expect(String(await limits.turn(refusing).catch((problem: unknown) => problem))).to.equal('Error: too long')
    expect(await msOf(1, asker(rate))).to.be.within(90, 600)
  })

  const waits: readonly (readonly [title: string, Rate | undefined])[] = [
    ['a token', { perSecond: 0.1, burst: 1 }],
    ['a place', { perSecond: 1000, burst: 10, concurrency: 1 }],
    ['the end of a pause', undefined],
  ]
  for (const [title, rate] of waits) {
    it(`an aborted request ends at once while waiting for ${title}; those behind it are not stuck`, async () => {
      const over = await limits.turn(asker(rate))
      if (!rate) limits.pause(asker(), 300)
      const abort = new AbortController()
      setTimeout(() => abort.abort(new Error('stopped')), 50)
      const began = performance.now()
      const problem = await limits.turn(asker(rate, { signal: abort.signal })).catch((failure: unknown) => failure)
      expect(String(problem)).to.equal('Error: stopped')
      expect(performance.now() - began).to.be.within(40, 280)
      over()
      if (rate?.perSecond !== 0.1) expect(await msOf(1, asker(rate))).to.be.below(400)
    })
  }

  async function msOf(turns: number, who: Asker): Promise<number> {
    const began = performance.now()
    for (let turn = 0; turn < turns; turn++) (await limits.turn(who))()
    return performance.now() - began
  }
})

function tens(scope?: string): Rate {
  return { perSecond: 10, burst: 1, ...(scope !== undefined && { scope }) }
}
