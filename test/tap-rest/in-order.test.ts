import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import fc from 'fast-check'
import { inOrder } from '../../tap-rest/sync/in-order.js'

async function* each<T>(items: readonly T[]) {
  yield* items
}

async function collect(counts: readonly number[], width: number, waits: readonly number[]) {
  const got: string[] = []
  let open = 0
  let most = 0
  async function* items(lane: number) {
    most = Math.max(most, ++open)
    for (let i = 0; i < (counts[lane] ?? 0); i++) {
      if (waits.length > 0) await sleep(waits[(lane + i) % waits.length])
      yield `${lane}.${i}`
    }
    open--
  }
  for await (const lane of inOrder(each([...counts.keys()]), width, items)) {
    for await (const item of lane.items) got.push(`${lane.source}:${item}`)
  }
  return { got, most }
}

describe('tap-rest in order', () => {
  it('gives all items in the order of their sources, whoever is quicker', async () => {
    const given = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 12 })
    const waits = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(given, fc.integer({ min: 1, max: 5 }), waits, async (counts, width, pauses) => {
        const { got, most } = await collect(counts, width, pauses)
        const expected = counts.flatMap((count, lane) =>
          Array.from({ length: count }, (_, i) => `${lane}:${lane}.${i}`),
        )
        expect(got).to.deep.equal(expected)
        expect(most).to.be.at.most(width)
      }),
      { numRuns: 30 },
    )
  })

  it('works on many sources at once', async () => {
    const { most } = await collect([1, 1, 1, 1, 1, 1], 3, [5])
    expect(most).to.equal(3)
  })

  it('lets each source be one item ahead, and no further', async () => {
    const made: number[] = [0, 0, 0]
    async function* items(lane: number) {
      for (;;) {
        made[lane] = (made[lane] ?? 0) + 1
        yield lane
        if (made[lane] === 100) return
      }
    }
    for await (const lane of inOrder(each([0, 1, 2]), 3, items)) {
      let taken = 0
      for await (const _ of lane.items) {
        await sleep(1)
        if (++taken === 10) break
      }
      break
    }
    expect(made).to.deep.equal([11, 1, 1])
  })

  it('tells the signal of a source that was read to its end, so that whoever follows it lets go', async () => {
    const signals: AbortSignal[] = []
    async function* items(lane: number, unwanted: AbortSignal) {
      signals.push(unwanted)
      yield lane
    }
    for await (const lane of inOrder(each([0, 1]), 1, items)) {
      for await (const _ of lane.items) expect(signals.at(-1)?.aborted).to.equal(false)
    }
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true, true])
  })

  it('fails where the failure stands, and ends what is under way', async () => {
    const ended: number[] = []
    async function* items(lane: number, unwanted: AbortSignal) {
      try {
        if (lane > 1) await new Promise((resolve) => unwanted.addEventListener('abort', resolve))
        yield lane
        if (lane === 1) throw new Error('lane 1 is broken')
      } finally {
        ended.push(lane)
      }
    }
    const got: number[] = []
    let failure: unknown
    try {
      for await (const lane of inOrder(each([0, 1, 2, 3]), 4, items)) {
        for await (const item of lane.items) {
          got.push(item)
          await sleep(1)
        }
      }
    } catch (problem) {
      failure = problem
    }
    expect(String(failure)).to.contain('lane 1 is broken')
    expect(got).to.deep.equal([0, 1])
    expect(ended).to.have.members([0, 1, 2, 3])
  })

  it('meets the failure of the sources', async () => {
    async function* broken() {
      yield 1
      throw new Error('no more parents')
    }
    const run = async () => {
      for await (const lane of inOrder(broken(), 1, (n) => each([n]))) for await (const _ of lane.items);
    }
    expect(String(await run().catch((problem: unknown) => problem))).to.contain('no more parents')
  })
})
