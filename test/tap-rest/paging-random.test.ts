import { expect } from 'chai'
import fc from 'fast-check'
import { encoded, type Fault, type FaultRule, startApi, status, tooMany } from '../support/api-server.js'
import { allIds, readSequence } from './paging.js'
import { policyOf } from './sending.js'
import { ways } from './ways.js'

const allowedAttempts = policyOf().retry.attempts

const passing: readonly Fault[] = ['reset', 'refuse', status(500), status(503), tooMany(0)]
const harmless: readonly Fault[] = [encoded('gzip'), encoded('br'), encoded('deflate'), { pauseMs: 1 }]

/** A way that holds pages of every size for whole. */
const anySize = ways.filter(([, , paginate]) => !paginate.shortPageStops)

const rule = fc.record({
  after: fc.nat(6),
  times: fc.integer({ min: 1, max: allowedAttempts + 1 }),
  fault: fc.constantFrom(...passing, ...harmless),
})
const runs = fc.record({
  way: fc.constantFrom(...anySize),
  records: fc.nat(25),
  pageSize: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }),
  faults: fc.array(rule, { maxLength: 2 }),
  isAhead: fc.boolean(),
})

describe('tap-rest paging, whatever the sizes and faults', () => {
  it('brings every record once and in order, or fails behind those that it brought', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async ({ way: [, path, paginate, , asking], records, pageSize, faults, isAhead }) => {
        const api = await startApi({ records, pageSize, faults })
        try {
          const { ids, failure } = await readSequence(api, path, { paginate, isAhead, ...asking })
          if (!mayFail(faults)) expect(failure).to.equal(undefined)
          expect(ids).to.deep.equal(allIds(api).slice(0, failure ? ids.length : undefined))
        } finally {
          await api.close()
        }
      }),
      { numRuns: 200 },
    )
  })
})

/** More failures in a row than there are attempts. */
function mayFail(faults: readonly FaultRule[]): boolean {
  const failures = faults.filter(({ fault }) => passing.includes(fault)).map(({ times = 0 }) => times)
  return failures.reduce((sum, times) => sum + times, 0) >= allowedAttempts
}
