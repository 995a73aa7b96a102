import { expect } from 'chai'
import { retry } from '../../singer/retry.js'

const never = new AbortController().signal

describe('retry', () => {
  const rows: [what: string, failures: number, options: object, attempts: number, succeeds: boolean][] = [
    ['at once', 0, {}, 1, true],
    ['after two failures', 2, {}, 3, true],
    ['up to its limit', 9, { attempts: 3 }, 3, false],
    ['not what is not worth it', 2, { isRetryable: () => false }, 1, false],
    ['as long as it is worth it', 9, { isRetryable: (_: unknown, attempt: number) => attempt < 2 }, 2, false],
  ]
  for (const [what, failures, options, attempts, succeeds] of rows) {
    it(what, async () => {
      let made = 0
      const work = async (attempt: number) => {
        expect(attempt).to.equal(++made)
        if (attempt <= failures) throw new Error(`failure ${attempt}`)
        return 'done'
      }
      const outcome = await retry(work, { isRetryable: () => true, signal: never, firstMs: 1, ...options }).catch(
        String,
      )
      expect(outcome).to.equal(succeeds ? 'done' : `Error: failure ${attempts}`)
      expect(made).to.equal(attempts)
    })
  }

  it('waits longer each time, up to a limit', async () => {
    const times: number[] = []
    const work = async () => {
      times.push(performance.now())
      throw new Error('no')
    }
    await retry(work, { isRetryable: () => true, signal: never, attempts: 5, firstMs: 20, maxMs: 40 }).catch(
      () => undefined,
    )
    const pauses = times.slice(1).map((time, i) => time - (times[i] ?? 0))
    const bounds = [
      [10, 30],
      [20, 60],
      [20, 60],
      [20, 60],
    ]
    for (const [i, [least = 0]] of bounds.entries()) expect(pauses[i]).to.be.greaterThan(least - 2)
    expect(Math.max(...pauses)).to.be.lessThan(1000)
  })

  it('stops waiting when aborted, with the reason', async () => {
    const controller = new AbortController()
    const work = async () => {
      setTimeout(() => controller.abort(new Error('enough')), 10)
      throw new Error('no')
    }
    const began = performance.now()
    const outcome = await retry(work, { isRetryable: () => true, signal: controller.signal, firstMs: 60_000 }).catch(
      String,
    )
    expect(outcome).to.equal('Error: enough')
    expect(performance.now() - began).to.be.lessThan(10_000)
  })
})
